import Protocol
import SearchModel

/// The index of a group's records, around any engine: the only one that writes it.
///
/// A publication is acknowledged after the commit that holds it. What arrives during a commit goes
/// into the next one together. Where each node stands is kept in the notes of the same commits. The
/// index can be thrown away: the nodes then find that nothing is held of them and publish all anew.
actor GroupIndex {
  /// Searches go here directly; they see one committed revision whole.
  nonisolated let engine: any FullTextEngine
  nonisolated let limits: GroupIndexLimits
  nonisolated let shares = ShareBook()

  private let now: @Sendable () -> Int64
  private let onDamage: @Sendable (EngineError) -> Void
  /// As committed.
  private(set) var contents: GroupContents
  private var waiting: [Work] = []
  private var worker: Task<Void, Never>?
  private var isClosed = false

  /// - Parameters:
  ///   - now: milliseconds since 1970, for grace times that survive a restart.
  ///   - onDamage: is told when the index turns out to be damaged and must be thrown away.
  /// - Throws: ``SearchModel/EngineError/corrupted(path:reason:)`` when the index holds records but
  ///   does not say whose: throw it away.
  init(
    engine: any FullTextEngine, limits: GroupIndexLimits = .init(),
    now: @escaping @Sendable () -> Int64,
    onDamage: @escaping @Sendable (EngineError) -> Void = { _ in }
  ) async throws(EngineError) {
    self.engine = engine
    self.limits = limits
    self.now = now
    self.onDamage = onDamage
    contents = try await Self.load(engine)
    shares.settle(contents)
  }

  private static func load(
    _ engine: any FullTextEngine
  ) async throws(EngineError) -> GroupContents {
    if let note = try await engine.notes()[GroupContents.noteName] {
      if let contents = GroupContents(note: note) { return contents }
    } else if try await engine.statistics(for: .nothing).documentCount == 0 {
      return GroupContents()
    }
    throw .corrupted(path: "the group's index", reason: "it does not say whose records it holds")
  }

  // MARK: Asking

  /// What is held of a node; of one that never published, nothing.
  func contents(of node: NodeIdentity) -> NodeContents { contents[node] }

  /// What waits for its commit, the one in hand not counted.
  var waitingCount: Int { waiting.count }

  /// Whether anything is being written or waits for it.
  var isWorking: Bool { worker != nil }

  // MARK: Writing

  /// Takes a node's changes.
  ///
  /// - Parameter permit: says why records are not taken at the moment. Asked when the publication
  ///   arrives and again before it goes into a commit.
  /// - Returns: the sequence up to which the node's changes are committed.
  func publish(
    _ publication: CheckedPublication, permit: @escaping @Sendable () -> StandingRefusal?
  ) async throws(PublicationRefusal) -> Int64 {
    if let refusal = permit() { throw .standing(refusal) }
    if isClosed { throw .closed }
    let node = publication.node
    guard waiting.count < limits.waiting,
      waiting.count(where: { $0.publication?.node == node }) < limits.waitingOfOneNode
    else { throw .overloaded }
    let result = await withCheckedContinuation { continuation in
      enqueue(.publication(publication, permit: permit, answer: continuation))
    }
    return try result.get()
  }

  /// Notes which group is served and who is in it; returns at once.
  func settle(group: UInt64, claim: @escaping @Sendable (NodeIdentity) -> GroupContents.Claim) {
    guard !isClosed else { return }
    enqueue(.settling(group: group, claim: claim))
  }

  /// Takes out what is left of nodes whose grace time is over; returns at once.
  func removeExpired() {
    guard !isClosed else { return }
    let waitingForIt = waiting.compactMap(\.clearing)
    for node in contents.expired(now: now(), grace: limits.releaseGrace)
    where !waitingForIt.contains(node) {
      enqueue(.clearing(node))
    }
  }

  /// Finishes what waits and takes nothing more.
  func close() async {
    isClosed = true
    await worker?.value
  }

  // MARK: The queue

  private enum Work {
    case publication(
      CheckedPublication, permit: @Sendable () -> StandingRefusal?,
      answer: CheckedContinuation<Result<Int64, PublicationRefusal>, Never>)
    case settling(group: UInt64, claim: @Sendable (NodeIdentity) -> GroupContents.Claim)
    case clearing(NodeIdentity)

    var publication: CheckedPublication? {
      if case .publication(let publication, _, _) = self { publication } else { nil }
    }

    var clearing: NodeIdentity? {
      if case .clearing(let node) = self { node } else { nil }
    }

    /// Whether it takes out what is committed, and so cannot stand behind uncommitted changes.
    var clearsCommitted: Bool { clearing != nil || publication?.request.startsAnew == true }
  }

  private func enqueue(_ work: Work) {
    waiting.append(work)
    guard worker == nil else { return }
    worker = Task {
      while !waiting.isEmpty { await commitNext() }
      // No other call can come between the look at the queue and this.
      worker = nil
    }
  }

  /// What goes into the next commit.
  private func nextBatch() -> [Work] {
    var count = 0
    var end = 0
    while end < waiting.count, end == 0 || !waiting[end].clearsCommitted {
      count += waiting[end].publication?.changes.count ?? 0
      if end > 0, count > limits.commitCount { break }
      end += 1
    }
    defer { waiting.removeFirst(end) }
    return Array(waiting[..<end])
  }

  private func commitNext() async {
    let batch = nextBatch()
    var answers:
      [(
        CheckedContinuation<Result<Int64, PublicationRefusal>, Never>,
        Result<Int64, PublicationRefusal>
      )] = []
    var failure: EngineError?
    do throws(EngineError) {
      var draft = IndexDraft(engine: engine, limits: limits, contents: contents) { [shares] in
        shares.prepare($0)
      }
      for work in batch {
        switch work {
        case .publication(let publication, let permit, let answer):
          let result: Result<Int64, PublicationRefusal> =
            if let refusal = permit() {
              .failure(.standing(refusal))
            } else {
              try await draft.take(publication)
            }
          answers.append((answer, result))
        case .settling(let group, let claim):
          draft.contents.settle(group: group, now: now(), claim: claim)
        case .clearing(let node):
          // It may have come back meanwhile.
          let expired = contents.expired(now: now(), grace: limits.releaseGrace)
          if expired.contains(node) { try await draft.clear(node) }
        }
      }
      contents = try await draft.commit()
    } catch {
      failure = error
    }
    if let failure { await recover(from: failure) }
    shares.settle(contents)
    for work in batch where failure != nil {
      // What nobody waits for is tried again when it is next asked for.
      guard case .publication(_, _, let answer) = work, let failure else { continue }
      answer.resume(returning: .failure(.engine(failure)))
    }
    for (answer, result) in answers where failure == nil { answer.resume(returning: result) }
  }

  /// A search met this error.
  func noteFailure(_ error: EngineError) {
    if case .corrupted = error { onDamage(error) }
  }

  /// After an error the batch is gone; the notes say what stands.
  private func recover(from error: EngineError) async {
    if case .corrupted = error { onDamage(error) }
    do throws(EngineError) {
      contents = try await Self.load(engine)
    } catch {
      if case .corrupted = error { onDamage(error) }
    }
  }
}
