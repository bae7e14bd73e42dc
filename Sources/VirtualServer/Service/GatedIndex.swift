import Protocol
import SearchModel

/// The group's index for searches, of the group and of other virtual servers alike: so many at once,
/// each no longer than its time, none that nobody waits for, and each over what its viewer may see.
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

  func statistics(for query: Query, by viewer: Viewer) async throws -> StatisticsAnswer {
    try await run(viewer) { try await statistics(for: query, of: $0) }
  }

  /// - Parameter believed: the revision that the request's statistics count on.
  func matches(
    for request: SearchRequest, believed: Revision?, by viewer: Viewer
  ) async throws -> MatchAnswer {
    try await run(viewer) { seen in
      var answer = MatchAnswer(answer: try await seen.engine.search(request), view: seen.note)
      answer.answer.revision = name(of: answer.answer.revision, seen)
      if let believed, answer.answer.revision != believed {
        answer.statistics = try await statistics(for: request.query, of: seen)
      }
      return answer
    }
  }

  /// What matches, unless the index is as the asker knows it.
  func changes(_ request: ChangesRequest, by viewer: Viewer) async throws -> ChangesAnswer {
    try await run(viewer) { seen in
      let revision = name(of: try await seen.engine.revision(), seen)
      if request.known == revision {
        return ChangesAnswer(revision: revision, records: nil, view: seen.note)
      }
      let search = SearchRequest(
        query: request.query, limit: NewsLimits.matchCount, sort: .modified(ascending: false),
        collapsesDuplicates: false)
      let found = try await seen.engine.search(search)
      return ChangesAnswer(
        revision: name(of: found.revision, seen), records: found.hits.map(\.record),
        isCut: found.matchCount.upperBound > found.hits.count, view: seen.note)
    }
  }

  func nearSpellings(
    of word: String, limit: Int, by viewer: Viewer
  ) async throws -> [NearSpelling] {
    try await run(viewer) { try await $0.engine.nearSpellings(of: word, limit: limit) }
  }

  /// How many records the viewer may see.
  func recordCount(for viewer: Viewer) async throws -> Int {
    guard index.shares.version != nil else { return await index.contents.recordCount }
    return try await run(viewer) { try await $0.engine.statistics(for: .nothing).documentCount }
  }

  private func statistics(
    for query: Query, of seen: Seen
  ) async throws(EngineError) -> StatisticsAnswer {
    // Read before the statistics: a commit in between makes them look older than they are, and the
    // next match sets that right. The other way round nobody would notice.
    let revision = try await seen.engine.revision()
    return StatisticsAnswer(
      revision: name(of: revision, seen),
      statistics: try await seen.engine.statistics(for: query), view: seen.note)
  }

  /// The index as a viewer sees it during one request.
  private struct Seen: Sendable {
    let engine: StoppableEngine
    let look: ShareBook.Look

    var note: ViewNote? { look.note }
  }

  private func name(of revision: Revision, _ seen: Seen) -> Revision {
    naming.name(of: revision, without: seen.look.hidden)
  }

  /// Who may see what changes seldom; whoever has it change all the time gets no answers.
  static let mostTries = 5

  /// - Throws: ``Protocol/ProblemDocument``; `CancellationError` when nobody waits any more.
  private func run<Value: Sendable>(
    _ viewer: Viewer, _ work: @Sendable (Seen) async throws -> Value
  ) async throws -> Value {
    let deadline = ContinuousClock.now + time
    return try await gate.run {
      for _ in 0..<Self.mostTries {
        let look = index.shares.look(by: viewer)
        let engine = StoppableEngine(
          engine: index.engine.view(without: look.hidden), deadline: deadline)
        let value = try await finish(Seen(engine: engine, look: look), work)
        // Records that nobody was told of at the look may have come into the answer since.
        if index.shares.isCurrent(look) { return value }
      }
      throw ProblemDocument.notSettled
    }
  }

  private func finish<Value: Sendable>(
    _ seen: Seen, _ work: @Sendable (Seen) async throws -> Value
  ) async throws -> Value {
    do {
      return try await work(seen)
    } catch let error as EngineError {
      switch seen.engine.stop {
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

extension ProblemDocument {
  static let notSettled = ProblemDocument(
    .unavailable, status: 503, title: "Not settled",
    detail: "Who may see what in this index changes faster than it can be looked at.",
    remedy: "Ask again.", retryAfter: 1)
}
