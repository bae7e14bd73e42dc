import Cascade
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance

/// Whatever share of the servers fails, and however: the search is over in time, says the truth of
/// each, and ranks those that answered as one index would.
@Suite struct RandomFaultTests {
  private static let faultShares = [0.01, 0.1, 0.5]

  private static func conduct(
    using generator: inout SeededGenerator
  ) -> (SimulatedNetwork.Conduct, Completeness.Outcome) {
    switch generator.number(in: 0...6) {
    case 0, 1: (.dead, .unreachable)
    case 2: (.hanging, .timedOut)
    case 3: (.silentAfterStatistics, .timedOut)
    case 4: (.dyingAfterStatistics, .unreachable)
    case 5: (.refusing("No."), .refused)
    default: (.lying { $0.answer.matchCount = .exactly(-1) }, .refused)
    }
  }

  @Test(arguments: faultShares, 0..<40)
  func isOverInTimeAndTrue(share: Double, seed: Int) async throws {
    var generator = SeededGenerator(seed: UInt64(seed) &+ 500)
    let serverCount = generator.number(in: 1...60)
    var scattered = try await ScatteredCollection(
      using: &generator, count: generator.number(in: 1...150), serverCount: serverCount)
    var expected: [Int: Completeness.Outcome] = [:]
    for number in 1...serverCount where generator.happens(share) {
      let (conduct, outcome) = Self.conduct(using: &generator)
      scattered[number].conduct = conduct
      expected[number] = outcome
    }
    for number in 0..<8 {
      let request = RandomQuery.request(using: &generator)
      let scope = generator.one(of: SearchScope.allCases)
      var limits = CascadeLimits()
      limits.deadline = .milliseconds(generator.one(of: [30, 300, 2_000]))
      limits.concurrentAsks = generator.one(of: [8, 64])
      let course = try await scattered.network.search(request, scope: scope, limits: limits)
      let context =
        "seed \(seed), share \(share), query \(number), \(scope), \(limits.deadline): \(request)"
      #expect(course.finished <= limits.deadline, "\(context)")
      let scopeCount = [SearchScope.group: 1, .band: 3][scope] ?? serverCount
      #expect(
        course.answer.completeness.count == min(scopeCount, serverCount), "\(context)")
      checkOutcomes(course, scattered, expected, context)
      if course.answer.isExact {
        guard try await scattered.expectExact(course, request, context) else { return }
      } else {
        checkConsistency(course, scattered, context)
      }
      checkImprovements(course, scattered, expected, context)
    }
  }

  private func checkOutcomes(
    _ course: SimulatedNetwork.Course, _ scattered: ScatteredCollection,
    _ expected: [Int: Completeness.Outcome], _ context: String
  ) {
    for (name, outcome) in course.answer.completeness.outcomes {
      guard let number = Int(name) else { continue }
      // Time may run out for anybody.
      let allowed: [Completeness.Outcome] = [expected[number] ?? .answered, .timedOut]
      #expect(allowed.contains(outcome), "\(context): \(number) \(outcome)")
      if outcome == .timedOut, expected[number] != .timedOut {
        let longest = scattered[number].delay * 40
        #expect(course.finished < .milliseconds(2_000) || longest > course.finished, "\(context)")
      }
    }
  }

  /// Nothing of who did not answer, nothing twice, and in order.
  private func checkConsistency(
    _ course: SimulatedNetwork.Course, _ scattered: ScatteredCollection, _ context: String
  ) {
    let answered = Set(scattered.numbers(of: .answered, in: course.answer))
    var seen: Set<RecordKey> = []
    for hit in course.answer.hits {
      for record in [hit.hit.record] + hit.hit.duplicates {
        #expect(seen.insert(record.key).inserted, "\(context)")
        let home = hit.origins[record.key].map { Int($0.number) } ?? 0
        #expect(answered.contains(home), "\(context): \(record.key)")
        #expect(scattered.parts[home - 1].contains { $0.key == record.key }, "\(context)")
      }
    }
  }

  private func checkImprovements(
    _ course: SimulatedNetwork.Course, _ scattered: ScatteredCollection,
    _ faulty: [Int: Completeness.Outcome], _ context: String
  ) {
    var shown: Set<Int> = []
    for answer in course.improvements.map(\.answer) + [course.answer] {
      let covered = Set(scattered.numbers(of: .answered, in: answer))
      let kept = shown.filter { faulty[$0] == nil }
      #expect(covered.isSuperset(of: kept), "\(context): \(shown) then \(covered)")
      shown = covered
    }
  }
}
