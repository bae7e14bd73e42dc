import Cascade
import RouterBands
import SearchModel
import Testing

/// How far a search goes, and what it costs.
@Suite struct StoppingTests {
  private static func request(_ limit: Int) -> SearchRequest {
    SearchRequest(query: .words("report"), limit: limit, collapsesDuplicates: false)
  }

  /// A server each: own, two of the band, then one behind the other.
  private static func network() async throws -> ScatteredCollection {
    try await ScatteredCollection(named: (1...8).map { ["report \($0) a", "report \($0) b"] })
  }

  @Test func aPageThatTheOwnGroupFillsAsksNobodyElse() async throws {
    let course = try await Self.network().network.search(Self.request(2), scope: .nearest)
    #expect(course.answer.hits.map { $0.origins.values.first?.number } == [1, 1])
    #expect(course.askCounts == [ServerIdentifier(1): 2])
    #expect(course.answer.completeness.restCount == 7)
    #expect(course.answer.completeness.restOutcome == .notNeeded)
    #expect(course.answer.completeness.count(of: .notNeeded) == 7)
  }

  @Test(arguments: [3, 4, 5, 6])
  func aPageThatTheBandFillsGoesNoFurther(limit: Int) async throws {
    let scattered = try await Self.network()
    let course = try await scattered.network.search(Self.request(limit), scope: .nearest)
    #expect(scattered.numbers(of: .answered, in: course.answer) == [1, 2, 3])
    #expect(Set(course.askCounts.keys.map(\.number)) == [1, 2, 3])
    #expect(course.answer.completeness.restCount == 5)
    try await scattered.expectExact(course, Self.request(limit))
  }

  @Test func scopesEndWhereTheySay() async throws {
    let scattered = try await Self.network()
    for (scope, most) in [(SearchScope.group, 1), (.band, 3), (.nearest, 8), (.everywhere, 8)] {
      let course = try await scattered.network.search(Self.request(100), scope: scope)
      #expect(scattered.numbers(of: .answered, in: course.answer) == Array(1...most))
      #expect(course.answer.completeness.count == most, "\(scope)")
      #expect(course.answer.completeness.isComplete)
      #expect(course.answer.hits.count == 2 * most)
    }
  }

  @Test func aCountAloneTakesOneRing() async throws {
    let course = try await Self.network().network.search(Self.request(0), scope: .nearest)
    #expect(course.answer.matchCount == .exactly(2))
    #expect(Set(course.askCounts.keys.map(\.number)) == [1])
    let all = try await Self.network().network.search(Self.request(0), scope: .everywhere)
    #expect(all.answer.matchCount == .exactly(16))
  }

  @Test func equallyFarOnesBeyondTheWidthAreARingOfTheirOwn() async throws {
    var scattered = try await ScatteredCollection(named: (1...70).map { ["report \($0)"] }, band: 0)
    for number in 2...70 {
      scattered[number].nearness = Nearness(
        relation: .otherBand, measured: .milliseconds(5), distance: BandDistance(hops: 4),
        key: String(1_000 + number))
    }
    let few = try await scattered.network.search(Self.request(5), scope: .nearest)
    #expect(few.answer.completeness.count(of: .answered) == 33)
    #expect(few.answer.completeness.restCount == 37)
    let many = try await scattered.network.search(Self.request(50), scope: .nearest)
    #expect(many.answer.completeness.count(of: .answered) == 65)
    #expect(Set(many.answer.reports.map(\.ring)) == [0, 2, 3])
  }

  /// Once the statistics are known, a search is one question to each.
  @Test func withStatisticsKnownItAsksEachOnce() async throws {
    var scattered = try await Self.network()
    let first = try await scattered.network.search(Self.request(100))
    #expect(first.askCounts.values.allSatisfy { $0 <= 3 })
    for number in 1...8 {
      scattered[number].foreknowledge.statistics = first.statistics[scattered[number].identifier]
    }
    let second = try await scattered.network.search(Self.request(100))
    #expect(second.answer.hits == first.answer.hits)
    // The own server is matched by itself before all are.
    let others = second.askCounts.filter { $0.key.number > 1 }
    #expect(others.count == 7 && others.values.allSatisfy { $0 == 1 }, "\(second.askCounts)")
    try await scattered.expectExact(second, Self.request(100))
  }

  /// One that has changed says so with its matches, and all are matched once more.
  @Test func withOldStatisticsItAsksEachTwice() async throws {
    var scattered = try await Self.network()
    let first = try await scattered.network.search(Self.request(100))
    for number in 1...8 {
      scattered[number].foreknowledge.statistics = first.statistics[scattered[number].identifier]
    }
    let new = Record(key: RecordKey("new")!, filename: "report report new")
    try await scattered[6].engine.apply([.put(new)])
    _ = try await scattered[6].engine.commit(notes: [:])
    scattered.parts[5].append(new)
    scattered.homes[new.key] = scattered[6].nearness
    let second = try await scattered.network.search(Self.request(100))
    let others = second.askCounts.filter { $0.key.number > 1 }
    #expect(others.count == 7 && others.values.allSatisfy { $0 == 2 }, "\(second.askCounts)")
    #expect(second.answer.hits.count == 17)
    try await scattered.expectExact(second, Self.request(100))
  }

  @Test func whatIsProvenEmptyIsNotAsked() async throws {
    var scattered = try await Self.network()
    scattered[4].foreknowledge.proofAge = .seconds(3)
    let course = try await scattered.network.search(Self.request(100))
    #expect(course.askCounts[ServerIdentifier(4)] == nil)
    #expect(scattered.numbers(of: .pruned, in: course.answer) == [4])
    #expect(course.answer.reports.first { $0.outcome == .pruned }?.proofAge == .seconds(3))
    #expect(course.answer.completeness.isComplete)
  }

  @Test func whoDidNotAnswerAMomentAgoIsNotWaitedFor() async throws {
    var scattered = try await Self.network()
    scattered[4].foreknowledge.isUnreachable = true
    scattered[4].conduct = .hanging
    let course = try await scattered.network.search(Self.request(100))
    #expect(course.finished < .milliseconds(100))
    #expect(scattered.numbers(of: .unreachable, in: course.answer) == [4])
    #expect(course.askCounts[ServerIdentifier(4)] == nil)
  }

  /// Kept statistics are judged like those that come.
  @Test func statisticsThatCannotBeAreNotKept() async throws {
    var scattered = try await Self.network()
    scattered[4].foreknowledge.statistics = ServerStatistics(
      revision: Revision(1), statistics: CollectionStatistics(documentCount: -1))
    let course = try await scattered.network.search(Self.request(100))
    try await scattered.expectExact(course, Self.request(100))
    #expect(course.answer.completeness.isComplete)
  }
}
