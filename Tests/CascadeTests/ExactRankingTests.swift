import Cascade
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance

/// One ranking over many servers is that of one index.
@Suite struct ExactRankingTests {
  private static let seeds = 0..<60

  @Test(arguments: seeds)
  func everywhereRanksAsOneIndex(seed: Int) async throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let serverCount = generator.number(in: 1...30)
    let scattered = try await ScatteredCollection(
      using: &generator, count: generator.number(in: 1...120), serverCount: serverCount)
    for number in 0..<25 {
      let request = RandomQuery.request(using: &generator)
      let context = "seed \(seed), query \(number), \(serverCount) servers: \(request)"
      let course = try await scattered.network.search(request)
      let whole = try await scattered.oracle.whole.search(request)
      guard expectSame(course.answer, try await scattered.oracle.page(request), context) else {
        return
      }
      #expect(course.answer.isExact && course.answer.completeness.isComplete, "\(context)")
      #expect(course.answer.matchCount == whole.matchCount, "\(context)")
      #expect(course.answer.facets == whole.facets, "\(context)")
    }
  }

  /// The page of a search that went only as far as it needed to is that of one index over the
  /// servers that it asked.
  @Test(arguments: seeds)
  func nearestRanksAsOneIndexOverItsScope(seed: Int) async throws {
    var generator = SeededGenerator(seed: UInt64(seed) &+ 10_000)
    let serverCount = generator.number(in: 1...30)
    let scattered = try await ScatteredCollection(
      using: &generator, count: generator.number(in: 20...200), serverCount: serverCount)
    for number in 0..<15 {
      var request = RandomQuery.request(using: &generator)
      request.offset = generator.one(of: [0, 0, 3])
      let course = try await scattered.network.search(request, scope: .nearest)
      let completeness = course.answer.completeness
      let answered = scattered.parts.indices.filter {
        completeness.outcomes[String($0 + 1)] == .answered
      }
      // The nearest ones, without a gap.
      #expect(answered == Array(0..<answered.count))
      let near = try await ScatteredCollection.engine(answered.flatMap { scattered.parts[$0] })
      let oracle = WholeIndexOracle(whole: near, homes: scattered.oracle.homes)
      let context = "seed \(seed), query \(number), \(answered.count)/\(serverCount): \(request)"
      guard expectSame(course.answer, try await oracle.page(request), context) else { return }
      let isFull = course.answer.hits.count == request.limit
      #expect(isFull || completeness.restCount == 0, "\(context)")
    }
  }
}
