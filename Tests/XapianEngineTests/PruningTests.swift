import Foundation
import MemoryEngine
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance
@testable import XapianEngine

/// Passing documents over changes no answer: the same hits in the same order, bit for bit.
@Suite("Pruning is exact") struct PruningTests {
  /// Words of very different frequencies.
  private static let words = (0..<600).map { "word\($0)" }

  @Test(arguments: [41] as [UInt64])
  func hitsAreThoseOfAnExhaustiveSearch(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let records = (0..<2_000).map { Self.record($0, using: &generator) }
    let folder = try TemporaryFolder()
    let engine = try XapianEngine(directory: folder.path, access: .writing)
    try await engine.apply(records.map(RecordChange.put))
    try await engine.commit(notes: [:])
    // A second part, and removals in the first.
    try await engine.apply(
      (0..<300).map { number in
        generator.chance(40)
          ? .remove(RandomCollection.key(number))
          : .put(Self.record(number, using: &generator))
      })
    try await engine.commit(notes: [:])

    var prunedCount = 0
    for _ in 0..<100 {
      var request = Self.request(using: &generator)
      let pruned = try await engine.search(request)
      if case .between = pruned.matchCount { prunedCount += 1 }
      // Whoever counts facets must see every match.
      request.facets = [.year]
      let exhaustive = try await engine.search(request)
      guard case .exactly(let count) = exhaustive.matchCount else {
        Issue.record("an exhaustive search that did not count")
        return
      }
      let context = Comment("seed \(seed), \(request)")
      #expect(pruned.hits.map(\.record.key) == exhaustive.hits.map(\.record.key), context)
      #expect(
        pruned.hits.map(\.weight.bitPattern) == exhaustive.hits.map(\.weight.bitPattern), context)
      #expect(
        pruned.matchCount.lowerBound <= count && count <= pruned.matchCount.upperBound, context)
    }
    #expect(prunedCount > 40, "hardly any search pruned: nothing is proven")
  }

  @Test func hitsAreThoseOfTheOracle() async throws {
    let seed: UInt64 = 43
    var generator = SeededGenerator(seed: seed)
    let changes = (0..<200).map { RecordChange.put(Self.record($0, using: &generator)) }
    let folder = try TemporaryFolder()
    let engine = try XapianEngine(directory: folder.path, access: .writing)
    let oracle = MemoryEngine()
    try await engine.apply(changes)
    try await engine.commit(notes: [:])
    await oracle.apply(changes)
    await oracle.commit(notes: [:])
    for _ in 0..<10 {
      let request = Self.request(using: &generator)
      let (answer, expected) = (try await engine.search(request), try await oracle.search(request))
      let context = Comment("seed \(seed), \(request)")
      #expect(answer.hits.map(\.record.key) == expected.hits.map(\.record.key), context)
      #expect(
        answer.hits.map(\.weight.bitPattern) == expected.hits.map(\.weight.bitPattern), context)
    }
  }

  private static func record(_ number: Int, using generator: inout SeededGenerator) -> Record {
    let text = (0..<generator.number(in: 1...12)).map { _ in generator.zipfian(words) }
    // Names repeat, so many weights tie.
    return Record(
      key: RandomCollection.key(number), filename: generator.zipfian(words) + ".txt",
      text: text.joined(separator: " "),
      contentHash: generator.chance(30) ? RandomCollection.hash(number % 200) : nil)
  }

  private static func request(using generator: inout SeededGenerator) -> SearchRequest {
    let count = generator.number(in: 2...40)
    let leaves = (0..<count).map { _ in
      Query.word(
        generator.chance(70) ? generator.zipfian(words) : generator.one(of: words),
        field: generator.chance(85) ? nil : .name)
    }
    var query = Query.any(leaves)
    switch generator.number(in: 0...5) {
    case 0: query = .all([query, .not(.word(generator.one(of: words), field: nil))])
    case 1: query = .any([query, .all([.any(leaves.suffix(3)), .everything])])
    default: break
    }
    return SearchRequest(
      query: query, limit: generator.number(in: 1...50),
      offset: generator.chance(20) ? generator.number(in: 1...60) : 0,
      collapsesDuplicates: generator.chance(50))
  }
}
