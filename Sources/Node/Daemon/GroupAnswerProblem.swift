import Protocol
import SearchModel

/// Why the answer of a group's virtual server cannot be true, and is not passed on. Whoever runs that
/// may send any numbers, and programs reckon with them.
struct GroupAnswerProblem: Error, Hashable, CustomStringConvertible {
  let description: String

  /// More records, servers and messages than any network has.
  private static let highestCount = 1 << 40

  /// Longer than any search takes, in milliseconds.
  private static let longestTime = 1e9

  /// - Returns: nil for an answer that may be true.
  init?(_ answer: GroupSearchAnswer) {
    guard let problem = Self.problem(of: answer) else { return nil }
    description = problem
  }

  private static func problem(of answer: GroupSearchAnswer) -> String? {
    let found = answer.answer.answer
    let count = found.matchCount
    guard isCount(count.lowerBound), isCount(count.upperBound),
      count.lowerBound <= count.upperBound, isCount(answer.recordCount)
    else { return "It counts what cannot be counted." }
    guard (0...found.hits.count).contains(answer.answer.partialStart ?? 0) else {
      return "It says of other hits than it sends that they match in part."
    }
    guard found.facets.values.allSatisfy({ $0.allSatisfy { isCount($0.count) } }) else {
      return "It claims counts of values that cannot be."
    }
    for hit in found.hits {
      if let problem = hit.problemOfShape { return problem }
    }
    return problem(of: answer.coverage)
  }

  private static func problem(of coverage: CascadeCoverage) -> String? {
    guard isCount(coverage.completeness.restCount) else {
      return "It claims to cover \(coverage.completeness.restCount) further virtual servers."
    }
    guard isTime(coverage.elapsed) else { return "It claims to have taken \(coverage.elapsed) ms." }
    for server in coverage.servers {
      guard isCount(server.ring), isCount(server.messageCount), isTime(server.roundTrip ?? 0) else {
        return "It says of group \(server.group) what cannot be."
      }
    }
    return nil
  }

  private static func isCount(_ number: Int) -> Bool { (0...highestCount).contains(number) }

  private static func isTime(_ milliseconds: Double) -> Bool {
    (0...longestTime).contains(milliseconds)
  }
}
