import SearchModel

/// An engine for one search, which consists of several steps: once nobody waits for the answer, or
/// its time is up, the step that runs is cancelled and no further one begins.
struct StoppableEngine: SearchableIndex {
  let engine: any ReadableIndex
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
    case .cancelled: throw .cancelled
    case .tooLong:
      throw .invalidRequest(
        "The search took too long. Ask for rarer words, or for fewer at a time.")
    }
  }

  /// Runs one step and cancels it at the deadline.
  private func step<Value: Sendable>(
    _ body: @escaping @Sendable () async throws(EngineError) -> Value
  ) async throws(EngineError) -> Value {
    try checkpoint()
    let result = await withTaskGroup(of: Result<Value, EngineError>?.self) { group in
      group.addTask {
        do throws(EngineError) { return .success(try await body()) } catch {
          return .failure(error)
        }
      }
      group.addTask {
        // The deadline is a point in time, so this is the one thing to wait for.
        try? await Task.sleep(until: deadline, clock: .continuous)
        return nil
      }
      // Whichever ends first ends the other; the step's result comes in any case.
      var result: Result<Value, EngineError>?
      for await ended in group {
        group.cancelAll()
        result = ended ?? result
      }
      return result
    }
    if case .success(let value) = result { return value }
    try checkpoint()
    guard let result else { throw .cancelled }
    return try result.get()
  }

  func search(_ request: SearchRequest) async throws(EngineError) -> SearchAnswer {
    try await step { () throws(EngineError) in try await engine.search(request) }
  }

  func nearSpellings(
    of word: String, limit: Int
  ) async throws(EngineError) -> [NearSpelling] {
    try await step { () throws(EngineError) in
      try await engine.nearSpellings(of: word, limit: limit)
    }
  }

  func statistics(for query: Query) async throws(EngineError) -> CollectionStatistics {
    try await step { () throws(EngineError) in try await engine.statistics(for: query) }
  }

  func revision() async throws(EngineError) -> Revision { try await engine.revision() }
}
