import SearchModel

/// An engine for one search, which consists of several steps: no further step begins once nobody
/// waits for the answer, or its time is up. A step that runs is not interrupted.
struct StoppableEngine: FullTextEngine {
  let engine: any FullTextEngine
  let deadline: ContinuousClock.Instant

  /// Why a search was stopped; for whoever made the engine to look at.
  enum Stop: Error, Hashable, Sendable {
    case cancelled
    case tooLong
  }

  /// Nil while the search may go on.
  var stop: Stop? {
    if Task.isCancelled { return .cancelled }
    return .now < deadline ? nil : .tooLong
  }

  private func checkpoint() throws(EngineError) {
    guard let stop else { return }
    switch stop {
    case .cancelled: throw .invalidRequest("The search was cancelled.")
    case .tooLong:
      throw .invalidRequest(
        "The search took too long. Ask for rarer words, or for fewer at a time.")
    }
  }

  func search(_ request: SearchRequest) async throws(EngineError) -> SearchAnswer {
    try checkpoint()
    return try await engine.search(request)
  }

  func spellings(of word: String, limit: Int) async throws(EngineError) -> [String] {
    try checkpoint()
    return try await engine.spellings(of: word, limit: limit)
  }

  func statistics(for query: Query) async throws(EngineError) -> CollectionStatistics {
    try checkpoint()
    return try await engine.statistics(for: query)
  }

  func record(for key: RecordKey) async throws(EngineError) -> Record? {
    try checkpoint()
    return try await engine.record(for: key)
  }

  func notes() async throws(EngineError) -> [String: String] { try await engine.notes() }

  func revision() async throws(EngineError) -> Revision { try await engine.revision() }

  func requirement(of query: Query) -> TermRequirement { engine.requirement(of: query) }

  func termFingerprints() async throws(EngineError) -> TermFingerprints {
    try checkpoint()
    return try await engine.termFingerprints()
  }

  // MARK: Nothing is written in a search

  func apply(_ changes: [RecordChange]) async throws(EngineError) {
    throw .invalidRequest("A search writes nothing.")
  }

  func commit(notes: [String: String]) async throws(EngineError) -> Revision {
    throw .invalidRequest("A search writes nothing.")
  }
}
