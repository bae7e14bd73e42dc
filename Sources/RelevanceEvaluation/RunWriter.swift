import Foundation
import SearchModel

/// Writes rankings as a TREC run file: `query Q0 record rank score tag` a line.
///
/// `trec_eval` ignores the rank. It sorts by score, and equal scores by the record's id, the
/// *larger* first; and it reads the score as a `Float`, in which two weights may be equal that
/// differed. So the score written is the weight as a `Float`, lowered just enough where needed to be
/// smaller than the one before: whoever reads the file sees exactly the order that the search gave,
/// whatever broke its ties.
public struct RunWriter: Sendable {
  /// The last column: a name of the run, without white space.
  public let tag: String

  public init(tag: String = "nearfind") {
    self.tag = String(tag.map { $0.isWhitespace ? "_" : $0 })
  }

  /// - Returns: the lines of one query, each with its line feed; empty for an empty ranking.
  /// - Throws: ``EvaluationError/unwritableIdentifier(_:)``; `invalidWeight`.
  public func lines(query: String, ranking: [(RecordKey, Double)]) throws -> String {
    try check(query)
    let scores = try Self.scores(query: query, ranking: ranking)
    var text = ""
    for (index, (record, score)) in zip(ranking.lazy.map(\.0), scores).enumerated() {
      try check(record.value)
      text += "\(query) Q0 \(record) \(index + 1) \(score) \(tag)\n"
    }
    return text
  }

  /// - Returns: a strictly falling score for each place of the ranking.
  static func scores(query: String, ranking: [(RecordKey, Double)]) throws -> [Float] {
    var scores: [Float] = []
    scores.reserveCapacity(ranking.count)
    for (record, weight) in ranking {
      guard weight.isFinite else {
        throw EvaluationError.invalidWeight(query: query, record: record.value)
      }
      let limit = Float.greatestFiniteMagnitude / 2
      var score = min(max(Float(weight), -limit), limit)
      if let previous = scores.last {
        // Near 0 a step of one unit in the last place would be a number that some readers
        // round to 0.
        score = min(score, previous - max(previous.ulp, Float.ulpOfOne))
      }
      scores.append(score)
    }
    return scores
  }

  private func check(_ identifier: String) throws {
    guard !identifier.contains(where: \.isWhitespace), !identifier.isEmpty else {
      throw EvaluationError.unwritableIdentifier(identifier)
    }
  }
}

/// The order in which `trec_eval` reads the lines of one query.
public enum RunOrder {
  /// - Returns: the records by score as a `Float`, the highest first, and equal scores by the
  ///   bytes of the record's id, the larger first.
  public static func sorted(_ scored: [(RecordKey, Double)]) -> [RecordKey] {
    scored
      .sorted { left, right in
        let (leftScore, rightScore) = (Float(left.1), Float(right.1))
        return leftScore == rightScore ? left.0 > right.0 : leftScore > rightScore
      }
      .map(\.0)
  }
}
