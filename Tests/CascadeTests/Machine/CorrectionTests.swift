import Cascade
import SearchModel
import Synchronization
import Testing

/// What changes while it is being asked: the weights are right all the same, or are said not to be.
@Suite struct CorrectionTests {
  private static let request = SearchRequest(query: .words("report"), limit: 50)

  private static func network() async throws -> ScatteredCollection {
    try await ScatteredCollection(
      named: (1...6).map { number in
        (1...number).map { "report \($0) of \(number)" } + ["something else \(number)"]
      })
  }

  private static func record(_ name: String) -> Record {
    Record(key: RecordKey("new/\(name)")!, filename: name)
  }

  @Test func aServerThatPublishesInBetween() async throws {
    var scattered = try await Self.network()
    let new = Self.record("report report")
    scattered[5].conduct = .publishing([.put(new)])
    scattered.parts[4].append(new)
    scattered.homes[new.key] = scattered[5].nearness
    let course = try await scattered.network.search(Self.request)
    try await scattered.expectExact(course, Self.request)
    #expect(course.answer.hits.contains { $0.hit.record.key == new.key })
    // Statistics, matches, and matches again by the new sum.
    #expect(course.askCounts[ServerIdentifier(5)] == 3)
  }

  @Test(arguments: 2...6)
  func aServerThatFailsBetweenStatisticsAndMatches(faulty: Int) async throws {
    var scattered = try await Self.network()
    scattered[faulty].conduct = .dyingAfterStatistics
    let course = try await scattered.network.search(Self.request)
    try await scattered.expectExact(course, Self.request, "\(faulty)")
    #expect(scattered.numbers(of: .unreachable, in: course.answer) == [faulty])
  }

  /// Each of them is found out in a round of its own, and rounds are bounded.
  @Test func noMoreRoundsThanAllowed() async throws {
    for corrections in 0...2 {
      var scattered = try await Self.network()
      // Another revision with every answer: nothing of it is ever right.
      let counter = RevisionCounter()
      scattered[4].conduct = .lying { reply in
        reply.answer.revision = counter.next()
        if let statistics = reply.statistics?.statistics {
          reply.statistics = ServerStatistics(
            revision: reply.answer.revision, statistics: statistics)
        } else {
          reply.statistics = ServerStatistics(
            revision: reply.answer.revision, statistics: CollectionStatistics(documentCount: 5))
        }
      }
      var limits = CascadeLimits()
      limits.corrections = corrections
      let course = try await scattered.network.search(Self.request, limits: limits)
      #expect(!course.answer.isExact)
      #expect(course.askCounts[ServerIdentifier(4)] == 2 + corrections)
      #expect(course.askCounts[ServerIdentifier(6)] == 2 + corrections)
      #expect(course.answer.hits.count == 21)
    }
  }

  /// A correction that would not be over in time is not begun.
  @Test func noTimeForAnotherRound() async throws {
    var scattered = try await Self.network()
    scattered[5].conduct = .publishing([.put(Self.record("report report"))])
    for number in 1...6 { scattered[number].delay = .milliseconds(100 + number) }
    var limits = CascadeLimits()
    limits.deadline = .milliseconds(600)
    let course = try await scattered.network.search(Self.request, limits: limits)
    #expect(course.finished <= limits.deadline)
    #expect(!course.answer.isExact)
    #expect(course.answer.hits.count == 22)
    #expect(course.answer.completeness.isComplete)
  }

  /// What is shown covers more and more: nobody who answered is missing from a later answer, unless
  /// that server failed.
  @Test(arguments: [SearchScope.nearest, .everywhere])
  func improvementsTakeNothingAway(scope: SearchScope) async throws {
    var scattered = try await ScatteredCollection(
      named: (1...12).map { ["report \($0)", "other \($0)"] })
    for number in 1...12 { scattered[number].delay = .milliseconds(45 * number) }
    scattered[7].conduct = .publishing([.put(Self.record("report x"))])
    scattered[9].conduct = .dyingAfterStatistics
    let course = try await scattered.network.search(Self.request, scope: scope)
    #expect(course.improvements.count >= 2)
    var shown: Set<Int> = []
    for answer in course.improvements.map(\.answer) + [course.answer] {
      let covered = Set(scattered.numbers(of: .answered, in: answer))
      #expect(covered.isSuperset(of: shown.subtracting([9])), "\(shown) then \(covered)")
      shown = covered
      // What it says to cover is what its hits are of.
      let origins = Set(answer.hits.flatMap(\.origins.values).map { Int($0.number) })
      #expect(origins.isSubset(of: covered))
    }
    let times = course.improvements.map(\.at)
    #expect(times == times.sorted())
  }
}

/// A class with a lock, because a server's conduct is a closure that may run anywhere.
private final class RevisionCounter: Sendable {
  private let last = Mutex<UInt64>(1_000)

  func next() -> Revision {
    last.withLock {
      $0 += 1
      return Revision($0)
    }
  }
}
