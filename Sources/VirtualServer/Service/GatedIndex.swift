import Protocol
import SearchModel

/// The group's index for searches, of the group and of other virtual servers alike: so many at once,
/// each no longer than its time, and none that nobody waits for.
struct GatedIndex: Sendable {
  let index: GroupIndex
  let gate: SearchGate
  let time: Duration
  let naming: RevisionNaming

  init(
    _ index: GroupIndex, limits: GroupServiceLimits, naming: RevisionNaming = RevisionNaming()
  ) {
    self.index = index
    self.naming = naming
    gate = SearchGate(concurrent: limits.concurrentSearches, queueLimit: limits.waitingSearches)
    time = limits.searchTime
  }

  func statistics(for query: Query) async throws -> StatisticsAnswer {
    try await run { try await statistics(for: query, of: $0) }
  }

  /// - Parameter believed: the revision that the request's statistics count on.
  func matches(for request: SearchRequest, believed: Revision?) async throws -> MatchAnswer {
    try await run { engine in
      var answer = MatchAnswer(answer: try await engine.search(request))
      answer.answer.revision = naming.name(of: answer.answer.revision)
      if let believed, answer.answer.revision != believed {
        answer.statistics = try await statistics(for: request.query, of: engine)
      }
      return answer
    }
  }

  /// What matches, unless the index is as the asker knows it.
  func changes(_ request: ChangesRequest) async throws -> ChangesAnswer {
    try await run { engine in
      let revision = naming.name(of: try await engine.revision())
      if request.known == revision { return ChangesAnswer(revision: revision, records: nil) }
      let search = SearchRequest(
        query: request.query, limit: NewsLimits.matchCount, sort: .modified(ascending: false),
        collapsesDuplicates: false)
      let found = try await engine.search(search)
      return ChangesAnswer(
        revision: naming.name(of: found.revision), records: found.hits.map(\.record),
        isCut: found.matchCount.upperBound > found.hits.count)
    }
  }

  func nearSpellings(of word: String, limit: Int) async throws -> [NearSpelling] {
    try await run { try await $0.nearSpellings(of: word, limit: limit) }
  }

  private func statistics(
    for query: Query, of engine: StoppableEngine
  ) async throws(EngineError) -> StatisticsAnswer {
    // Read before the statistics: a commit in between makes them look older than they are, and the
    // next match sets that right. The other way round nobody would notice.
    let revision = try await engine.revision()
    return StatisticsAnswer(
      revision: naming.name(of: revision), statistics: try await engine.statistics(for: query))
  }

  /// - Throws: ``Protocol/ProblemDocument``; `CancellationError` when nobody waits any more.
  private func run<Value: Sendable>(
    _ work: @Sendable (StoppableEngine) async throws -> Value
  ) async throws -> Value {
    let stoppable = StoppableEngine(engine: index.engine, deadline: .now + time)
    do {
      return try await gate.run { try await work(stoppable) }
    } catch let error as EngineError {
      switch stoppable.stop {
      case .cancelled: throw CancellationError()
      case .tooLong:
        throw ProblemDocument(
          .tooSlow, status: 503, title: "The search took too long", detail: "\(error)",
          remedy: "Ask for rarer words, or for fewer at a time.")
      case nil:
        await index.noteFailure(error)
        throw ProblemDocument(error)
      }
    }
  }
}
