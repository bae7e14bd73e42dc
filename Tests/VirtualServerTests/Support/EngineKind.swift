import MemoryEngine
import SearchModel
import Synchronization
import XapianEngine

/// The engines that a group's index is tested around.
enum EngineKind: CaseIterable, Sendable {
  case memory
  case xapian
}

/// Where an engine of a test keeps what it has, so that it can be closed and opened again.
final class EnginePlace: Sendable {
  private let folder: TemporaryFolder
  private let kind: EngineKind
  private let memory = MemoryEngine()

  init(_ kind: EngineKind) throws {
    self.kind = kind
    folder = try TemporaryFolder()
  }

  func open() throws -> any FullTextEngine {
    switch kind {
    case .memory: memory
    case .xapian: try XapianEngine(directory: folder.path + "/index", access: .writing)
    }
  }

  func close(_ engine: any FullTextEngine) async {
    await (engine as? XapianEngine)?.close()
  }
}

/// Holds commits back, counts them, and lets them fail.
actor GatedEngine: FullTextEngine {
  private let engine: any FullTextEngine
  private(set) var commitCount = 0
  private(set) var waitingCommits = 0
  private(set) var searchCount = 0
  private var isHeld = false
  private var failure: EngineError?

  init(_ engine: any FullTextEngine) {
    self.engine = engine
  }

  func hold() { isHeld = true }
  func release() { isHeld = false }
  func fail(with error: EngineError?) { failure = error }

  func apply(_ changes: [RecordChange]) async throws(EngineError) {
    try await engine.apply(changes)
  }

  func commit(notes: [String: String]) async throws(EngineError) -> Revision {
    waitingCommits += 1
    while isHeld { await Task.yield() }
    waitingCommits -= 1
    if let failure {
      // Nothing of the batch stays, as with an engine whose commit fails.
      throw failure
    }
    commitCount += 1
    return try await engine.commit(notes: notes)
  }

  func search(_ request: SearchRequest) async throws(EngineError) -> SearchAnswer {
    searchCount += 1
    return try await engine.search(request)
  }

  func notes() async throws(EngineError) -> [String: String] { try await engine.notes() }
  func revision() async throws(EngineError) -> Revision { try await engine.revision() }

  func statistics(for query: Query) async throws(EngineError) -> CollectionStatistics {
    try await engine.statistics(for: query)
  }

  func record(for key: RecordKey) async throws(EngineError) -> Record? {
    try await engine.record(for: key)
  }

  func nearSpellings(
    of word: String, limit: Int
  ) async throws(EngineError) -> [NearSpelling] {
    try await engine.nearSpellings(of: word, limit: limit)
  }

  nonisolated func view(without shares: Set<ShareLabel>) -> any ReadableIndex {
    shares.isEmpty ? self : engine.view(without: shares)
  }

  nonisolated func statisticsKeys(of query: Query) -> Set<String> {
    engine.statisticsKeys(of: query)
  }
  nonisolated func requirement(of query: Query) -> TermRequirement { engine.requirement(of: query) }

  func termFingerprints() async throws(EngineError) -> TermFingerprints {
    try await engine.termFingerprints()
  }
}

/// A clock that a test sets.
final class TestClock: Sendable {
  private let time = Mutex<Int64>(1_000_000)

  var now: Int64 { time.withLock { $0 } }

  func advance(_ milliseconds: Int64) {
    time.withLock { $0 += milliseconds }
  }
}
