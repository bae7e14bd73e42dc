import SearchModel
import Synchronization

/// Counts what an engine is asked, and lets it take its time.
final class ObservedEngine: FullTextEngine {
  struct Counts: Equatable {
    var searches = 0
    var statistics = 0
    var fingerprints = 0
    /// Searches that are held at present.
    var held = 0
    /// Searches that were cancelled while they were held.
    var cancelled = 0

    /// Messages about a query that it came to.
    var questions: Int { searches + statistics }
  }

  private let engine: any FullTextEngine
  private let state = Mutex((counts: Counts(), isHeld: false))

  init(_ engine: any FullTextEngine) {
    self.engine = engine
  }

  var counts: Counts { state.withLock { $0.counts } }

  /// Searches stand still from now on, until they are cancelled or released.
  func hold() { state.withLock { $0.isHeld = true } }
  func release() { state.withLock { $0.isHeld = false } }

  func search(_ request: SearchRequest) async throws(EngineError) -> SearchAnswer {
    state.withLock { $0.counts.searches += 1 }
    try await standStill()
    return try await engine.search(request)
  }

  private func standStill() async throws(EngineError) {
    guard state.withLock({ $0.isHeld }) else { return }
    state.withLock { $0.counts.held += 1 }
    defer { state.withLock { $0.counts.held -= 1 } }
    while state.withLock({ $0.isHeld }) {
      // Looks again and again, as tests wait: an engine at work does not sleep for a signal.
      do { try await Task.sleep(for: .milliseconds(2)) } catch {
        state.withLock { $0.counts.cancelled += 1 }
        throw .cancelled
      }
    }
  }

  func statistics(for query: Query) async throws(EngineError) -> CollectionStatistics {
    state.withLock { $0.counts.statistics += 1 }
    return try await engine.statistics(for: query)
  }

  func termFingerprints() async throws(EngineError) -> TermFingerprints {
    state.withLock { $0.counts.fingerprints += 1 }
    return try await engine.termFingerprints()
  }

  func apply(_ changes: [RecordChange]) async throws(EngineError) {
    try await engine.apply(changes)
  }

  func commit(notes: [String: String]) async throws(EngineError) -> Revision {
    try await engine.commit(notes: notes)
  }

  func notes() async throws(EngineError) -> [String: String] { try await engine.notes() }
  func revision() async throws(EngineError) -> Revision { try await engine.revision() }
  func record(for key: RecordKey) async throws(EngineError) -> Record? {
    try await engine.record(for: key)
  }
  func nearSpellings(
    of word: String, limit: Int
  ) async throws(EngineError) -> [NearSpelling] {
    try await engine.nearSpellings(of: word, limit: limit)
  }
  /// What is asked of a view is not counted, unless it is of the whole.
  func view(without shares: Set<ShareLabel>) -> any ReadableIndex {
    shares.isEmpty ? self : engine.view(without: shares)
  }
  func statisticsKeys(of query: Query) -> Set<String> { engine.statisticsKeys(of: query) }
  func requirement(of query: Query) -> TermRequirement { engine.requirement(of: query) }
}
