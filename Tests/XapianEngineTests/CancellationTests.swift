import Foundation
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance
@testable import XapianEngine

/// Searches that would take a minute and more end a moment after nobody waits for them any more.
@Suite("A search that is cancelled stops working", .timeLimit(.minutes(5)))
struct CancellationTests {
  private static let recordCount = 20_000

  @Test func whateverItIsAtWork() async throws {
    let folder = try TemporaryFolder()
    let engine = try XapianEngine(directory: folder.path, access: .writing)
    for half in 0..<2 {
      try await engine.apply(
        (0..<Self.recordCount / 2).map { number in
          let number = number + half * Self.recordCount / 2
          return .put(
            Record(
              key: RandomCollection.key(number), filename: "word\(number).txt", directory: "folder",
              size: Int64(number)))
        })
      try await engine.commit(notes: [:])
    }
    let statistics = try await engine.statistics(for: .everything)
    for (name, request) in Self.costly(statistics) {
      try await expectStop(of: request, in: engine, name)
      let rare = try await engine.search(SearchRequest(query: .word("word4711", field: nil)))
      #expect(rare.hits.map(\.record.filename) == ["word4711.txt"], "after \(name)")
      #expect(rare.matchCount == .exactly(1))
    }
  }

  /// Each at another place when it is stopped.
  private static func costly(_ statistics: CollectionStatistics) -> [(String, SearchRequest)] {
    let wildcards = Query.any((0..<1_000).map { .infix("\($0)w", field: nil) })
    let conditions = (0..<800).map { Query.not(.filter(.folder("folder/\($0)"))) }
    return [
      ("counting wildcards", SearchRequest(query: wildcards)),
      ("expanding wildcards", SearchRequest(query: wildcards, statistics: statistics)),
      ("asking of every record", SearchRequest(query: .all(conditions))),
      (
        "looking for any of many words",
        SearchRequest(
          query: .all([
            .everything, .not(.all((0..<900).map { .not(.filter(.folder("none/\($0)"))) })),
          ]))
      ),
    ]
  }

  private func expectStop(
    of request: SearchRequest, in engine: XapianEngine, _ name: String
  ) async throws {
    let before = Self.processorSeconds
    let search = Task { try await engine.search(request) }
    // It is at work, and not only about to begin.
    try await wait(until: "\(name) to take time") { Self.processorSeconds > before + 0.3 }
    search.cancel()
    let cancelled = ContinuousClock.now
    await #expect(throws: EngineError.cancelled, "\(name)") { try await search.value }
    // Generous for a loaded machine, and far below what the search would have taken.
    #expect(ContinuousClock.now - cancelled < .seconds(10), "\(name)")
  }

  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  @Test func theVocabularyIsLeftInTheMiddle() async throws {
    let folder = try TemporaryFolder()
    let engine = try XapianEngine(directory: folder.path, access: .writing)
    try await engine.apply([.put(Record(key: RandomCollection.key(1), filename: "a.txt"))])
    try await engine.commit(notes: [:])
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await engine.termFingerprints()
    }
    task.cancel()
    await #expect(throws: EngineError.cancelled) { try await task.value }
    #expect(try await !engine.termFingerprints().values.isEmpty)
  }
}
