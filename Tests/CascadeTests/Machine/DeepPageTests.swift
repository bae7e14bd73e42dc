import Cascade
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance

/// A page far behind is that of one index, and what it takes does not grow with the servers.
@Suite struct DeepPageTests {
  private static let serverCount = 20
  private static let filesPerServer = 30

  /// Files of one word with other words beside it, so that they weigh differently; every fifth has a
  /// copy elsewhere.
  private static func network(
    using generator: inout SeededGenerator
  ) async throws -> ScatteredCollection {
    var parts = [[Record]](repeating: [], count: serverCount)
    for number in 0..<serverCount * filesPerServer {
      let words = (0..<generator.number(0...6)).map { _ in "word\(generator.number(0...40))" }
      let content = number % 5 == 0 ? number / 10 : number
      let place = generator.number(0...serverCount - 1)
      parts[place].append(
        Record(
          key: RecordKey("key \(number)")!,
          filename: (["report"] + words).joined(separator: " "), size: Int64(content % 97),
          contentHash: ContentHash(
            bytes: (0..<ContentHash.byteCount).map {
              UInt8(truncatingIfNeeded: content >> ($0 % 3 * 8))
            }
          )))
    }
    return try await ScatteredCollection(parts)
  }

  private static func limits(held: Int, underWay: Int) -> CascadeLimits {
    var limits = CascadeLimits()
    (limits.hitsHeld, limits.hitsUnderWay) = (held, underWay)
    // Few at once take longer.
    limits.deadline = .seconds(20)
    return limits
  }

  @Test(arguments: [SortOrder.relevance, .size(ascending: true), .name(ascending: false)])
  func itIsThatOfOneIndexAndHoldsLittle(sort: SortOrder) async throws {
    let seed = UInt64.random(in: .min ... .max)
    var generator = SeededGenerator(seed: seed)
    let scattered = try await Self.network(using: &generator)
    for (offset, limit) in [(0, 10), (90, 10), (generator.number(100...500), 50)] {
      for collapses in [true, false] {
        let request = SearchRequest(
          query: .words("report"), limit: limit, offset: offset, sort: sort,
          collapsesDuplicates: collapses)
        let limits = Self.limits(held: 100, underWay: 300)
        let course = try await scattered.network.search(request, limits: limits)
        let context = "seed \(seed), \(offset)+\(limit) by \(sort), collapsing: \(collapses)"
        try await scattered.expectExact(course, request, context)
        // One answer more than what is held may just have come.
        let wanted = offset + limit
        let answer = min(wanted, 3 * Self.filesPerServer)
        #expect(course.mostHeld <= max(100, 2 * wanted) + answer, "\(context)")
        #expect(course.mostHitsUnderWay <= max(300, wanted), "\(context)")
        #expect(course.mostHeld > 0 && course.mostHitsUnderWay > 0)
      }
    }
  }

  /// As it is in production: few servers' answers of a page that ends at the last hit that is given.
  @Test func theLastPageOfAll() async throws {
    var generator = SeededGenerator(seed: 5)
    let scattered = try await Self.network(using: &generator)
    let request = SearchRequest(query: .words("report"), limit: 1_000, offset: 9_000)
    let course = try await scattered.network.search(request)
    #expect(course.mostHitsUnderWay == 10_000)
    #expect(course.answer.isExact && course.answer.hits.isEmpty)
    #expect(course.answer.completeness.isComplete)
  }

  /// Slow ones give their places away, up to a bound.
  @Test func thoseThatHangDoNotKeepOthersFromBeingAsked() async throws {
    var generator = SeededGenerator(seed: 6)
    var scattered = try await Self.network(using: &generator)
    for number in 2...5 { scattered[number].conduct = .silentAfterStatistics }
    let request = SearchRequest(query: .words("report"), limit: 100, collapsesDuplicates: false)
    let limits = Self.limits(held: 200, underWay: 100)
    let course = try await scattered.network.search(request, limits: limits)
    #expect(
      scattered.numbers(of: .answered, in: course.answer) == [1] + Array(6...Self.serverCount))
    #expect(course.mostHitsUnderWay == 500)
    try await scattered.expectExact(course, request)
  }

  /// What was dropped may have been a copy of what is on the page: it is asked for.
  @Test func copiesOfWhatWasDroppedAreFound() async throws {
    let hash = ContentHash(bytes: Array(repeating: 7, count: ContentHash.byteCount))!
    var parts = (1...8).map { server in
      (0..<20).map { number in
        Record(
          key: RecordKey("\(server)/\(number)")!, filename: "report",
          size: Int64(server * 100 + number))
      }
    }
    // The farthest has the largest of all, the nearest a copy that is said to be small.
    for (server, size) in [(0, 1), (7, 9_000)] as [(Int, Int64)] {
      parts[server].append(
        Record(
          key: RecordKey("copy \(server)")!, filename: "report", size: size, contentHash: hash))
    }
    let scattered = try await ScatteredCollection(parts)
    let request = SearchRequest(
      query: .words("report"), limit: 30, sort: .size(ascending: false))
    let limits = Self.limits(held: 60, underWay: 10_000)
    let course = try await scattered.network.search(request, limits: limits)
    #expect(course.answer.hits.first?.hit.record.key.value == "copy 7")
    #expect(course.answer.hits.first?.hit.duplicates.map(\.key.value) == ["copy 0"])
    #expect(course.mostHeld <= 60 + 21)
    try await scattered.expectExact(course, request)
  }
}
