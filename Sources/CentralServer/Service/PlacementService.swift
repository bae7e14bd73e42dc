import Logging
public import Placement
public import Protocol
public import RouterBands

/// Places nodes: the `PlacementMachine` with a store and a clock around it, of one central server of
/// perhaps several.
///
/// Nothing is said that is not stored. Events that come while a commit is under way share the next
/// one, so that the disk bounds how long an answer takes, not how many there are; and what rests on
/// nothing new, such as the renewal of a lease, waits for no commit at all.
///
/// Only who reports gets an answer. What the machine has to say to others is left out: each report
/// says all that its node is, and the answer to it all that the node should be, so the next report
/// of those brings it.
public actor PlacementService {
  public struct Setup: Sendable {
    public var configuration = Placement.Configuration()
    /// How long the store waits for a silent leader, in milliseconds.
    public var patience: Int64 = 10_000
    /// Whether several central servers may use the store at once.
    public var isShared = false

    public init() {}
  }

  /// What a node was decided by, to see when that must be done again.
  private struct Seen {
    var address: IPAddress
    var rules: UInt64
  }

  /// Where nodes reach this central server, as others tell them; nil until that is known.
  var address: String?
  let store: any PlacementStore
  let setup: Setup
  let clock: CentralClock
  let logger: Logger
  private let bands: BandResolver
  private let book: RevocationBook

  var leading: Leading
  var machine: PlacementMachine?
  /// What virtual servers are told of each other; nil while another leads.
  var directory: DirectoryLog?
  private var rows = UncommittedRows()
  private var isCommitting = false
  private var waiting: [UInt64: [CheckedContinuation<PlacementRefusal?, Never>]] = [:]
  private var seen: [NodeID: Seen] = [:]
  private var rulesRevision: UInt64 = 0
  /// Whether the last commit failed: said once, not every second.
  private var isFailing = false
  /// Commits so far, for measuring.
  public private(set) var commitCount = 0

  public init(
    store: any PlacementStore, setup: Setup, bands: BandResolver, book: RevocationBook,
    clock: CentralClock, logger: Logger
  ) {
    self.store = store
    self.setup = setup
    self.bands = bands
    self.book = book
    self.clock = clock
    self.logger = logger
    leading = Leading(patience: setup.patience)
  }

  /// Answers a node's report.
  ///
  /// - Parameter node: by its certificate.
  /// - Throws: ``PlacementRefusal``; then nothing was promised, and the node may report again.
  public func report(
    _ report: PlacementReport, of node: NodeID, from origin: NodeOrigin
  ) async throws(PlacementRefusal) -> PlacementAnswer {
    try requireLeading()
    let standing = try NodeReport(
      report, node: node, address: origin.address, configuration: setup.configuration,
      at: clock.moment)
    var decision: BandDecision?
    if needsBand(standing, from: origin) {
      let rules = rulesRevision
      let found = try await bands.decide(
        origin, claimedLocal: report.environment.localAddress.flatMap { IPAddress($0) },
        claimedPath: RouterPath(claimed: report.environment.path))
      seen[node] = Seen(address: origin.address, rules: rules)
      decision = found
    }
    let event =
      decision.map {
        Event.join(standing, band: BandRow(key: $0.key, path: $0.path))
      } ?? .report(standing)
    let instructions = try await take(event, of: node)
    return PlacementAnswer(
      instructions: instructions.map(PlacementInstruction.init),
      nextReport: instructions.map { $0.nextReport(setup.configuration) }.min()
        ?? setup.configuration.renewalInterval,
      band: decision.map { BandInformation($0, peer: origin.address) },
      revocations: book.delta(after: report.revocations),
      directory: report.directory.flatMap {
        directory?.delta(after: $0, limit: Self.directoryChanges)
      })
  }

  /// Nil for a node that is not known, or where another leads.
  func band(of node: NodeID) -> BandKey? { machine?.tables.nodes[node]?.band }

  /// How much of the list of virtual servers one answer brings at most.
  private static let directoryChanges = 1_000

  /// A node says goodbye.
  ///
  /// - Throws: as ``report(_:of:from:)``.
  public func leave(
    _ farewell: PlacementFarewell, of node: NodeID
  ) async throws(PlacementRefusal) {
    try requireLeading()
    guard farewell.incarnation <= NodeReport.greatestNumber,
      farewell.sequence <= NodeReport.greatestNumber
    else { throw .malformed("The message's number is beyond all counting.") }
    seen[node] = nil
    _ = try await take(
      .leave(node, incarnation: farewell.incarnation, sequence: farewell.sequence), of: node,
      isFarewell: true)
  }

  /// Ends the membership of a node whose right was taken back. One that serves a group keeps it
  /// until its lease is over: it gets no other, and nobody takes the group over before.
  ///
  /// - Returns: false where this central server cannot say at the moment who is in which group.
  func expel(_ node: NodeID) -> Bool {
    guard leading.canAnswer(at: clock.elapsed), machine != nil else { return false }
    guard let row = machine?.tables.nodes[node], let group = row.group,
      machine?.tables.virtualServers[group]?.host != node
    else { return true }
    seen[node] = nil
    logger.notice(
      "A node is no member of its group any more",
      metadata: ["node": "\(node)", "group": "\(group)"])
    // No message of the node's own has this number; see `NodeReport.greatestNumber`.
    _ = apply(.leave(node, incarnation: row.incarnation, sequence: .max))
    commitSoon()
    return true
  }

  /// Has every node's band decided again when it next reports: the operator's rules are others.
  public func decideBandsAnew() {
    rulesRevision += 1
  }

  /// Lets time pass. Call it every second: leases end, and what could not be stored is tried again.
  public func tick() {
    if leading.canAnswer(at: clock.elapsed) { _ = apply(.tick) }
    // Even where nobody is answered just now: who waits for a commit shall hear what became of it.
    commitSoon()
  }

  /// The tables as they are now, committed or not; nil while another leads.
  public var tables: Tables? { machine?.tables }

  // MARK: Events

  private func take(
    _ event: Event, of node: NodeID, isFarewell: Bool = false
  ) async throws(PlacementRefusal) -> [Instruction] {
    try requireLeading()
    let own = apply(event).filter { $0.node == node }.map(\.instruction)
    commitSoon()
    let isPromise = isFarewell || own.contains(where: \.isPromise)
    if isPromise, rows.touches(node, groups: own.compactMap(\.group)) {
      if let refusal = await commit(of: rows.lastBatch) { throw refusal }
      // The leadership may have ended while the answer waited.
      try requireLeading()
    }
    return own
  }

  private func apply(_ event: Event) -> [Outcome.Message] {
    // Not copied out and back: the tables are large.
    guard let outcome = machine?.handle(event, at: clock.moment) else { return [] }
    rows.add(outcome.changes)
    // Told before it is stored: who asks a virtual server that is no more finds out, and one that is
    // forgotten by a crash reports again within its lease.
    directory?.apply(outcome.changes)
    return outcome.messages
  }

  private func needsBand(_ report: NodeReport, from origin: NodeOrigin) -> Bool {
    guard let row = machine?.tables.nodes[report.node] else { return true }
    if report.incarnation != row.incarnation || row.presence == .left {
      return report.incarnation >= row.incarnation
    }
    guard let seen = seen[report.node] else {
      // Known from before this central server started: tracing all of them at once helps nobody.
      self.seen[report.node] = Seen(address: origin.address, rules: rulesRevision)
      return false
    }
    return seen.address != origin.address || seen.rules != rulesRevision
  }

  private func requireLeading() throws(PlacementRefusal) {
    guard leading.canAnswer(at: clock.elapsed), machine != nil else {
      throw .notLeading(leading.leader)
    }
  }

  // MARK: Commits

  private func commit(of batch: UInt64) async -> PlacementRefusal? {
    await withCheckedContinuation { waiting[batch, default: []].append($0) }
  }

  func commitSoon() {
    guard !isCommitting, !rows.isEmpty, let term = leading.term else { return }
    isCommitting = true
    Task { await commitAll(in: term) }
  }

  private func commitAll(in term: Term) async {
    defer { isCommitting = false }
    while leading.term == term, let (batch, changes) = rows.begin() {
      do throws(CentralStoreError) {
        try await store.commit(changes, term: term)
        guard leading.term == term else { return }
        rows.succeed()
        commitCount += 1
        if isFailing { logger.notice("The store takes changes again") }
        isFailing = false
        answer(batch, nil)
      } catch {
        guard leading.term == term else { return }
        if case .fenced(let leader) = error { return loseLeadership(to: leader) }
        rows.fail()
        if !isFailing { logger.error("The store failed", metadata: ["reason": "\(error)"]) }
        isFailing = true
        answer(batch, .store(error))
        // The next event or second tries again.
        return
      }
    }
  }

  private func answer(_ batch: UInt64, _ refusal: PlacementRefusal?) {
    for continuation in waiting.removeValue(forKey: batch) ?? [] {
      continuation.resume(returning: refusal)
    }
  }

  /// Another leads: what this one has in mind counts for nothing from now on.
  func loseLeadership(to leader: Leader?) {
    logger.notice(
      "This central server leads no more", metadata: ["leader": "\(leader?.address ?? "unknown")"])
    leading.end(leader: leader)
    machine = nil
    directory = nil
    rows = UncommittedRows(after: rows)
    seen = [:]
    isFailing = false
    for batch in waiting.keys.sorted() { answer(batch, .notLeading(leader)) }
  }
}
