import Cascade
import Foundation
import Protocol
import SearchModel
import Synchronization

/// What a virtual server does for the nodes of its group, whoever brings the requests. Every call is
/// for the node that the certificate names.
final class GroupService: Sendable {
  let index: GroupIndex
  let limits: GroupServiceLimits
  let gated: GatedIndex
  let coordinator: Coordinator
  private let filters: FilterOffer
  let calls: CallDesk
  let relays: RelayDesk
  let reachability: ReachabilityDesk
  private let standing: Mutex<GroupStanding>
  /// Milliseconds of the machine's clock, by which the daemon says how long a lease holds.
  private let clock: @Sendable () -> Int64

  /// - Parameters:
  ///   - client: to ask other virtual servers with, in the host's name.
  ///   - now: by which what is known of other virtual servers grows old.
  init(
    host: NodeIdentity, index: GroupIndex, client: PeerClient, limits: GroupServiceLimits,
    clock: @escaping @Sendable () -> Int64 = MachineClock.milliseconds,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.index = index
    self.limits = limits
    self.clock = clock
    gated = GatedIndex(index, limits: limits)
    coordinator = Coordinator(host: host, index: gated, client: client, now: now)
    filters = FilterOffer(engine: index.engine, naming: gated.naming)
    calls = CallDesk(limits: limits.calls, clock: clock)
    relays = RelayDesk(
      limits: limits.relays, calls: calls, patience: .milliseconds(limits.calls.age), clock: clock)
    reachability = ReachabilityDesk(client: client)
    standing = Mutex(
      GroupStanding(host: host, presenceGrace: limits.presenceGrace, now: clock()))
  }

  // MARK: For the daemon

  /// - Returns: what the process around is to do.
  func take(_ command: VirtualServerCommand) async -> [GroupStanding.Effect] {
    if case .directory(let delta) = command { coordinator.take(delta) }
    let (effects, group) = standing.withLock { standing in
      (standing.take(command, now: clock()), standing.lease?.group)
    }
    if let group { coordinator.serve(group: group) }
    if effects.contains(.settle) { await settle() }
    return effects.filter { $0 != .settle }
  }

  /// Does what is due, and again what may have failed. To be called every few seconds.
  func keepUp() async {
    await settle()
    await index.removeExpired()
  }

  /// Has the index note whose records are the group's; nothing happens if it has.
  private func settle() async {
    guard let group = standing.withLock({ $0.lease?.group }) else { return }
    await index.settle(group: group) { [self] node in
      standing.withLock { standing in
        standing.isRevoked(node) ? .revoked : standing.isMember(node) ? .member : .released
      }
    }
  }

  /// Nil before a group is served.
  func status() async -> VirtualServerStatus? {
    let contents = await index.contents
    return standing.withLock { $0.status(of: contents, now: clock()) }
  }

  // MARK: For nodes

  /// Refuses who has no business here before anything of the request's body is read.
  func checkAdmission(of node: NodeIdentity) throws(ProblemDocument) {
    if let refusal = standing.withLock({ $0.refusal(of: node) }) {
      throw ProblemDocument(refusal)
    }
  }

  func position(of node: NodeIdentity) async throws -> PublicationPosition {
    let lease = try admit(node)
    let entry = await index.contents(of: node)
    return PublicationPosition(
      group: lease.group, epoch: lease.epoch, catalog: entry.catalog, sequence: entry.sequence,
      base: entry.base, recordCount: entry.count, quota: index.limits.quota)
  }

  func publish(
    _ request: PublicationRequest, by node: NodeIdentity
  ) async throws -> PublicationAnswer {
    _ = try admit(node)
    do throws(PublicationRefusal) {
      // Before the time is spent to look at the records.
      if let refusal = refusal(of: request, by: node) { throw .standing(refusal) }
      let sequence = try await index.publish(try CheckedPublication(request, by: node)) {
        [self] in refusal(of: request, by: node)
      }
      return PublicationAnswer(sequence: sequence)
    } catch {
      throw ProblemDocument(error)
    }
  }

  private func refusal(
    of request: PublicationRequest, by node: NodeIdentity
  ) -> StandingRefusal? {
    standing.withLock {
      $0.refusal(
        ofRecordsBy: node, group: request.group, epoch: request.epoch, now: clock())
    }
  }

  /// - Parameter address: where the node is seen.
  func presence(
    _ message: PresenceMessage, of node: NodeIdentity, at address: String?
  ) async throws -> PresenceAnswer {
    let lease = try admit(node, incarnation: message.incarnation)
    guard lease.group == message.group else {
      throw ProblemDocument(.otherEpoch(group: lease.group, epoch: lease.epoch))
    }
    let contents = await index.contents
    return standing.withLock { standing in
      standing.take(message.offer, of: node, at: address, now: clock())
      standing.take(message.files, of: node, at: address)
      return PresenceAnswer(
        group: lease.group, epoch: lease.epoch, takesRecords: standing.takesRecords(now: clock()),
        order: standing.order(to: node), standby: standing.standby(beside: contents))
    }
  }

  /// Answers a search of the group's node, through the coordinator.
  ///
  /// - Parameter improve: is called for each answer that is better than the one before, in order, and
  ///   must not wait.
  /// - Returns: the last answer.
  func search(
    _ request: GroupSearchRequest, by node: NodeIdentity,
    improve: @escaping @Sendable (GroupSearchAnswer) -> Void = { _ in }
  ) async throws -> GroupSearchAnswer {
    let start = ContinuousClock.now
    let lease = try admit(node)
    try check(request.request)
    var request = request
    // What a group's search weighs by is for its coordinator to find out.
    request.request.statistics = nil
    let contents = await index.contents
    let incomplete = standing.withLock { $0.incompleteNodes(in: contents) }
    let search = CoordinatedSearch(
      request: request, scope: try scope(named: request.scope), coordinator: coordinator,
      start: start,
      deadline: deadline(of: request)
    ) { [self] explained, coverage, isLast in
      var coverage = coverage
      let own = explained.relaxed.answer.records.filter {
        coverage.origins[$0.key.value] == lease.group
      }
      coverage.sources = (sources(of: own, in: contents) ?? []) + (coverage.sources ?? [])
      if coverage.sources?.isEmpty == true { coverage.sources = nil }
      return GroupSearchAnswer(
        group: lease.group, epoch: lease.epoch, isLast: isLast, answer: explained.relaxed,
        spellings: explained.spellings, recordCount: contents.recordCount,
        incompleteNodes: incomplete, coverage: coverage)
    }
    return try await search.run(improve: improve)
  }

  private func scope(named name: String) throws(ProblemDocument) -> SearchScope {
    guard let scope = SearchScope(rawValue: name) else {
      throw .malformed("A search's scope is group, band, nearest or everywhere.")
    }
    return scope
  }

  private func deadline(of request: GroupSearchRequest) -> Duration {
    min(max(.milliseconds(1), .milliseconds(request.deadline)), limits.searchTime)
  }

  /// What is new for a query that a node of the group keeps asking.
  func news(_ request: NewsRequest, by node: NodeIdentity) async throws -> NewsAnswer {
    let start = ContinuousClock.now
    _ = try admit(node)
    try check(request.query)
    return try await coordinator.news(
      request, scope: scope(named: request.scope), until: start + limits.newsTime)
  }

  // MARK: For other virtual servers

  /// Every node of the network may ask what a virtual server has, unless its right was taken back.
  func checkTrust(in node: NodeIdentity) throws(ProblemDocument) {
    if let refusal = standing.withLock({ $0.revocation(of: node) }) {
      throw ProblemDocument(refusal)
    }
  }

  func statistics(_ request: StatisticsRequest) async throws -> StatisticsAnswer {
    try check(request.query)
    return try await gated.statistics(for: request.query)
  }

  func matches(_ request: MatchRequest) async throws -> MatchAnswer {
    try check(request.request, lastHit: limits.lastHit)
    if let problem = request.request.statistics.flatMap(StatisticsBounds.sum.problem) {
      throw ProblemDocument.malformed("The search is to be weighed by a claim \(problem).")
    }
    var answer = try await gated.matches(for: request.request, believed: request.believed)
    answer.sources = sources(of: answer.answer.records, in: await index.contents)
    return answer
  }

  /// The nodes that have these records' files, each once; nil for none.
  private func sources(of records: [Record], in contents: GroupContents) -> [FileSource]? {
    let owners = Set(records.compactMap { KeySpace.prefix(of: $0.key) })
      .compactMap { contents.nodes[$0]?.node }.sorted()
    guard !owners.isEmpty else { return nil }
    return standing.withLock { standing in owners.map { standing.files.source(of: $0) } }
  }

  func changes(_ request: ChangesRequest) async throws -> ChangesAnswer {
    try check(request.query)
    return try await gated.changes(request)
  }

  func spellings(_ request: SpellingsRequest) async throws -> [NearSpelling] {
    try check(.word(request.word, field: nil))
    return try await gated.nearSpellings(
      of: request.word, limit: min(max(0, request.limit), GroupServiceLimits.spellings))
  }

  func filter(_ request: FilterRequest) async throws -> FilterAnswer {
    do {
      return try await filters.answer(to: request)
    } catch let error as EngineError {
      throw ProblemDocument(error)
    }
  }

  func health(for node: NodeIdentity) async throws -> VirtualServerStatus {
    _ = try admit(node)
    guard let status = await status() else { throw ProblemDocument(.noGroup) }
    return status
  }

  // MARK: Checks

  /// Lets a node in and notes that it lives.
  private func admit(
    _ node: NodeIdentity, incarnation: UInt64? = nil
  ) throws(ProblemDocument) -> GroupLease {
    let result: Result<GroupLease, StandingRefusal> = standing.withLock { standing in
      if let refusal = standing.refusal(of: node) { return .failure(refusal) }
      guard let lease = standing.lease else { return .failure(.noGroup) }
      standing.heard(of: node, incarnation: incarnation, now: clock())
      return .success(lease)
    }
    switch result {
    case .success(let lease): return lease
    case .failure(let refusal): throw ProblemDocument(refusal)
    }
  }

  /// - Parameter hitCount: how many hits a page may have; nil for as many as a person gets.
  private func check(
    _ request: SearchRequest, lastHit hitCount: Int? = nil
  ) throws(ProblemDocument) {
    let hitCount = hitCount ?? limits.hitCount
    guard request.limit >= 0, request.offset >= 0, request.limit <= hitCount,
      request.offset <= limits.lastHit - request.limit
    else {
      throw .malformed(
        "A page has 0 to \(hitCount) hits and ends with hit \(limits.lastHit) at the latest."
      )
    }
    try check(request.query)
  }

  private func check(_ query: Query) throws(ProblemDocument) {
    do {
      try limits.query.check(query)
    } catch {
      throw ProblemDocument(
        .malformed, status: 400, title: "The query is too large", detail: "\(error)",
        remedy: "Ask for less at a time.")
    }
  }
}
