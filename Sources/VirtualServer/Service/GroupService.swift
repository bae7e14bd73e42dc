import Foundation
import Protocol
import SearchModel
import Synchronization

/// What a virtual server does for the nodes of its group, whoever brings the requests. Every call is
/// for the node that the certificate names.
final class GroupService: Sendable {
  let index: GroupIndex
  private let limits: GroupServiceLimits
  private let gate: SearchGate
  private let standing: Mutex<GroupStanding>
  /// Milliseconds of a steady clock that goes on while the machine sleeps: a lease must not outlive it.
  private let clock: @Sendable () -> Int64

  init(
    host: NodeIdentity, index: GroupIndex, limits: GroupServiceLimits,
    clock: @escaping @Sendable () -> Int64
  ) {
    self.index = index
    self.limits = limits
    self.clock = clock
    gate = SearchGate(
      concurrent: limits.concurrentSearches, queueLimit: limits.waitingSearches)
    standing = Mutex(
      GroupStanding(host: host, presenceGrace: limits.presenceGrace, now: clock()))
  }

  static func steadyClock() -> @Sendable () -> Int64 {
    let start = ContinuousClock.now
    return {
      let (seconds, attoseconds) = (ContinuousClock.now - start).components
      return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
  }

  // MARK: For the daemon

  /// - Parameter time: when the command came, by the clock of the service.
  /// - Returns: what the process around is to do.
  func take(_ command: VirtualServerCommand, at time: Int64) async -> [GroupStanding.Effect] {
    let effects = standing.withLock { $0.take(command, now: time) }
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
      standing.withLock { $0.isMember(node) }
    }
  }

  /// Nil before a group is served.
  func status() async -> VirtualServerStatus? {
    let count = await index.contents.recordCount
    return standing.withLock { $0.status(recordCount: count, now: clock()) }
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

  func presence(_ message: PresenceMessage, of node: NodeIdentity) throws -> PresenceAnswer {
    let lease = try admit(node, incarnation: message.incarnation)
    guard lease.group == message.group else {
      throw ProblemDocument(.otherEpoch(group: lease.group, epoch: lease.epoch))
    }
    return PresenceAnswer(
      group: lease.group, epoch: lease.epoch,
      takesRecords: standing.withLock { $0.takesRecords(now: clock()) })
  }

  func search(
    _ request: GroupSearchRequest, by node: NodeIdentity
  ) async throws -> GroupSearchAnswer {
    let lease = try admit(node)
    try check(request.request)
    let stoppable = StoppableEngine(
      engine: index.engine, deadline: .now + limits.searchTime)
    let explained: ExplainedAnswer
    do {
      explained = try await gate.run {
        try await PersonalSearch(engine: stoppable)
          .explainedAnswer(to: request.request, isStrict: request.isStrict)
      }
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
    let contents = await index.contents
    return GroupSearchAnswer(
      group: lease.group, epoch: lease.epoch, answer: explained.relaxed,
      spellings: explained.spellings, recordCount: contents.recordCount,
      incompleteNodes: standing.withLock { $0.incompleteNodes(in: contents) })
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

  private func check(_ request: SearchRequest) throws(ProblemDocument) {
    guard request.limit >= 0, request.offset >= 0, request.limit <= limits.hitCount,
      request.offset <= limits.lastHit - request.limit
    else {
      throw .malformed(
        "A page has 0 to \(limits.hitCount) hits and ends with hit \(limits.lastHit) at the latest."
      )
    }
    do {
      try limits.query.check(request.query)
    } catch {
      throw ProblemDocument(
        .malformed, status: 400, title: "The query is too large", detail: "\(error)",
        remedy: "Ask for less at a time.")
    }
  }
}
