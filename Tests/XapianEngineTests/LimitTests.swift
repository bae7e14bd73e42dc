import Foundation
import SearchModel
import Testing
import TextAnalysis

@testable import EngineConformance
@testable import XapianEngine

/// No request, however large, costs more than the index is large, or ends the process.
@Suite("Requests at the limits") struct LimitTests {
  private let folder: TemporaryFolder
  private let engine: XapianEngine

  init() async throws {
    folder = try TemporaryFolder()
    engine = try XapianEngine(directory: folder.path, access: .writing)
    try await engine.apply(
      (0..<50).map {
        .put(Record(key: RandomCollection.key($0), filename: "report \($0).txt"))
      })
    try await engine.commit(notes: [:])
  }

  private func search(limit: Int, offset: Int) async throws -> SearchAnswer {
    try await engine.search(
      SearchRequest(query: .word("report", field: nil), limit: limit, offset: offset))
  }

  @Test func limitAndOffsetMayBeAsLargeAsNumbersGo() async throws {
    #expect(try await search(limit: .max, offset: 0).hits.count == 50)
    #expect(try await search(limit: .max, offset: 10).hits.count == 40)
    #expect(try await search(limit: .max, offset: .max).hits.isEmpty)
    #expect(try await search(limit: 1, offset: .max - 1).hits.isEmpty)
    let none = try await search(limit: 0, offset: 0)
    #expect(none.hits.isEmpty && none.matchCount == .exactly(50))
  }

  @Test(arguments: [(-1, 0), (0, -1), (.min, .min)])
  func negativeOnesAreRefused(limit: Int, offset: Int) async throws {
    await #expect(
      throws: EngineError.invalidRequest(
        "The limit and the offset of a search must not be negative.")
    ) {
      try await search(limit: limit, offset: offset)
    }
  }

  @Test func aThousandWordsAreSearched() async throws {
    let words = (0..<1_000).map { Query.word("\($0)", field: nil) }
    #expect(try await engine.search(SearchRequest(query: .any(words), limit: 99)).hits.count == 50)
    #expect(try await engine.search(SearchRequest(query: .all(words))).hits.isEmpty)
    let starts = (0..<1_000).map { Query.prefix("\($0 % 10)", field: nil) }
    #expect(try await engine.search(SearchRequest(query: .any(starts), limit: 99)).hits.count == 50)
  }

  @Test(arguments: [10, 60, 1_000])
  func deepQueriesAreAnswered(depth: Int) async throws {
    var query = Query.word("report", field: nil)
    for level in 0..<depth { query = level % 2 == 0 ? .all([query, .everything]) : .any([query]) }
    // What lies deeper than the analyzer goes is left out.
    #expect(try await engine.search(SearchRequest(query: query, limit: 99)).hits.count == 50)
  }

  /// What no analyzer makes: the plan's own limit.
  @Test(arguments: [500, 999, 1_000, 5_000, 1_000_000])
  func plansOfAnyDepthAreCarriedOutOrRefused(depth: Int) throws {
    let part = try onlyPart()
    // Any of one, of one, …, of everything.
    let plan = Array(repeating: [6, 1, 0, 0, 0] as [UInt8], count: depth).flatMap(\.self) + [1]
    if depth < 1_000 {
      #expect(try part.matches(of: plan).documents.count == 50)
    } else {
      #expect(throws: EngineError.invalidRequest("a plan that is too deep")) {
        try part.matches(of: plan)
      }
    }
  }

  @Test func plansThatEndEarlyAreRefused() throws {
    let part = try onlyPart()
    let query = TermQuery.all([
      .leaf(TermLeaf(.exactly("report"))), .filter(.size(minimum: 0, maximum: nil)),
      .excluding(.everything, .leaf(TermLeaf(.containing("absent")))),
    ])
    let plan = Plan(query, statistics: CollectionStatistics(), model: .standard).bytes
    #expect(try part.matches(of: plan).documents.count == 50)
    for count in 0..<plan.count {
      #expect(throws: EngineError.invalidRequest("a stream that ends early"), "\(count) bytes") {
        try part.matches(of: Array(plan.prefix(count)))
      }
    }
  }

  private func onlyPart() throws -> ShimPart {
    let index = IndexFiles(path: folder.path)
    return try ShimPart(index.part(try #require(Manifest.load(from: index).parts.first).name))
  }
}
