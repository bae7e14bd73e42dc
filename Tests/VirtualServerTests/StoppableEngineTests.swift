import MemoryEngine
import SearchModel
import Testing

@testable import VirtualServer

@Suite("A search with a deadline", .timeLimit(.minutes(2))) struct StoppableEngineTests {
  @Test func aStepThatRunsEndsAtTheDeadline() async throws {
    let engine = EndlessEngine()
    let stoppable = StoppableEngine(engine: engine, deadline: .now + .milliseconds(200))
    await #expect(
      throws: EngineError.invalidRequest(
        "The search took too long. Ask for rarer words, or for fewer at a time.")
    ) {
      try await stoppable.search(SearchRequest(query: .everything))
    }
    #expect(stoppable.stop == .tooLong)
    #expect(await engine.endedCount == 1)
  }

  @Test func aStepThatRunsEndsWithItsTask() async throws {
    let engine = EndlessEngine()
    let search = Task {
      try await StoppableEngine(engine: engine, deadline: .now + .seconds(3_600))
        .search(SearchRequest(query: .everything))
    }
    while await engine.begunCount == 0 { await Task.yield() }
    search.cancel()
    await #expect(throws: EngineError.cancelled) { try await search.value }
    #expect(await engine.endedCount == 1)
  }

  @Test func aStepThatEndsInTimeIsAnswered() async throws {
    let memory = MemoryEngine()
    let stoppable = StoppableEngine(engine: memory, deadline: .now + .seconds(3_600))
    #expect(try await stoppable.search(SearchRequest(query: .everything)).hits.isEmpty)
    await #expect(throws: EngineError.self) {
      try await stoppable.search(SearchRequest(query: .everything, limit: -1))
    }
    #expect(stoppable.stop == nil)
  }
}

/// Searches until its task is cancelled.
private actor EndlessEngine: FullTextEngine {
  private(set) var begunCount = 0
  private(set) var endedCount = 0
  private let memory = MemoryEngine()

  func search(_ request: SearchRequest) async throws(EngineError) -> SearchAnswer {
    begunCount += 1
    while !Task.isCancelled { await Task.yield() }
    endedCount += 1
    throw .cancelled
  }

  func apply(_ changes: [RecordChange]) async throws(EngineError) { await memory.apply(changes) }
  func commit(notes: [String: String]) async throws(EngineError) -> Revision {
    await memory.commit(notes: notes)
  }
  func notes() async throws(EngineError) -> [String: String] { await memory.notes() }
  func revision() async throws(EngineError) -> Revision { await memory.revision() }
  func statistics(for query: Query) async throws(EngineError) -> CollectionStatistics {
    await memory.statistics(for: query)
  }
  func record(for key: RecordKey) async throws(EngineError) -> Record? {
    await memory.record(for: key)
  }
  func nearSpellings(
    of word: String, limit: Int
  ) async throws(EngineError) -> [NearSpelling] { [] }
  nonisolated func view(without shares: Set<ShareLabel>) -> any ReadableIndex {
    shares.isEmpty ? self : memory.view(without: shares)
  }
  nonisolated func statisticsKeys(of query: Query) -> Set<String> {
    memory.statisticsKeys(of: query)
  }
  nonisolated func requirement(of query: Query) -> TermRequirement { memory.requirement(of: query) }
  func termFingerprints() async throws(EngineError) -> TermFingerprints {
    await memory.termFingerprints()
  }
}
