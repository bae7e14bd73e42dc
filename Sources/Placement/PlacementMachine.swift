import RouterBands

/// The central server's placing of nodes, as a state machine: events come in with their time, and
/// what is to be stored and said goes out. It knows no socket, clock, file or chance.
///
/// Every present node is in exactly one group: it serves the group or is a client of its virtual
/// server. A node that finds no room in its band starts a group of its own, whose only member it
/// is at first; when room appears elsewhere in the band, it gives its lone group up and attaches.
///
/// Reports say all that a node is, and every answer says all that it should be, so messages may be
/// lost, repeated and reordered: the next report mends what they left behind.
///
/// ```swift
/// var placement = PlacementMachine(configuration: Configuration(), at: now)
/// let outcome = placement.handle(.join(report, band: band), at: now)
/// try store.commit(outcome.changes)
/// for message in outcome.messages { send(message) }
/// ```
///
/// (Not called `Placement`, which is the module: its other names, such as `Placement.Event`, could
/// then not be told from those of other modules.)
public struct PlacementMachine: Sendable {
  public let configuration: Configuration

  /// All that must outlive the central server. What ``Outcome/changes`` say, applied to a copy of
  /// the tables as they were, gives these.
  public internal(set) var tables: Tables

  // What follows is made of the tables, or forgotten when the central server restarts.
  var members: [GroupID: Membership] = [:]
  var bands: [BandKey: BandIndex] = [:]
  /// When each group's lease ends, in steady time.
  var leases = IndexedHeap<GroupID, Moment>()
  /// When each client has been silent for too long, in steady time.
  var silences = IndexedHeap<NodeID, Moment>()
  /// The last message of each node's present incarnation.
  var sequences: [NodeID: UInt64] = [:]
  var time: SteadyTime
  var clock: Moment
  var pending = PendingOutcome()
  /// The steps that the look-ups of groups and bands took which are no more.
  var endedStepCount = 0

  /// A central server that starts with nothing.
  public init(configuration: Configuration = Configuration(), at clock: Moment) {
    self.configuration = configuration
    self.clock = clock
    tables = Tables()
    time = SteadyTime(startingAt: clock, longestStep: configuration.longestStep)
  }

  /// A central server that starts again with its stored tables. Every lease runs anew from now, so
  /// that nobody loses one because the central server was away, whatever its clock did meanwhile.
  ///
  /// - Parameter overlap: how many milliseconds longer the leases run that are found there: as long
  ///   as another central server may have gone on renewing them without knowing that it is deposed.
  /// - Throws: ``InconsistentTables`` if somebody else changed the tables so that the invariants
  ///   no longer hold.
  public init(
    restoring tables: Tables, configuration: Configuration = Configuration(),
    overlap: Int64 = 0, at clock: Moment
  ) throws(InconsistentTables) {
    self.init(configuration: configuration, at: clock)
    let violations = tables.violations
    guard violations.isEmpty else { throw InconsistentTables(violations: violations) }
    self.tables = tables
    // A new number, so that no version of a group's list means something else than before.
    let number = nextNumber()
    for row in tables.virtualServers.values {
      members[row.group] = Membership(version: number << Self.versionBits)
      leases.set(row.group, to: time.now + configuration.leaseDuration + max(0, overlap))
      bands[row.band, default: BandIndex()].groupCount += 1
    }
    for row in tables.nodes.values {
      guard let group = row.group, tables.virtualServers[group]?.host != row.node else { continue }
      members[group]?.clients.set(
        row.node, to: PromotionRank(environment: row.environment, node: row.node))
      silences.set(row.node, to: time.now + configuration.silenceAllowed)
    }
    for row in tables.virtualServers.values {
      bands[row.band]?.set(row)
      pending.bandsToConverge.insert(row.band)
    }
    // A changed configuration may allow fewer clients than the stored limits.
    for group in tables.virtualServers.keys.sorted() { resize(group) }
  }

  /// Takes one event.
  ///
  /// - Parameter clock: the central server's clock. It may be set back or leap; leases do not mind.
  /// - Returns: what to commit, and then to send.
  public mutating func handle(_ event: Event, at clock: Moment) -> Outcome {
    self.clock = clock
    time.advance(to: clock)
    expire()
    switch event {
    case .join(let report, let band): join(report, band: band)
    case .report(let report): receive(report)
    case .bandChanged(let node, let band): changeBand(of: node, to: band)
    case .leave(let node, let incarnation, let sequence):
      leave(node, incarnation: incarnation, sequence: sequence)
    case .tick: break
    }
    converge()
    defer { pending = PendingOutcome() }
    return pending.outcome(of: tables)
  }

  /// How many milliseconds of quiet may pass before something expires; nil if nothing can.
  public var timeToNextExpiry: Int64? {
    let next = [leases.firstPriority, silences.firstPriority].compactMap { $0 }.min()
    return next.map { max(0, $0 - time.now) }
  }

  /// How many steps the ordered look-ups took so far; a measure of work that no machine changes.
  var stepCount: Int {
    endedStepCount + leases.stepCount + silences.stepCount
      + bands.values.reduce(0) { $0 + $1.stepCount }
      + members.values.reduce(0) { $0 + $1.clients.stepCount }
  }

  /// How many versions of a group's list one number is good for, as bits.
  static let versionBits: UInt64 = 20

  mutating func nextNumber() -> UInt64 {
    tables.lastNumber += 1
    pending.numbersWereGiven = true
    return tables.lastNumber
  }

  private mutating func expire() {
    while let deadline = leases.firstPriority, deadline <= time.now, let group = leases.first,
      let host = tables.virtualServers[group]?.host
    {
      lose(host)
    }
    while let deadline = silences.firstPriority, deadline <= time.now, let node = silences.first {
      lose(node)
    }
  }

  /// Lets lone nodes attach where there is room.
  private mutating func converge() {
    for band in pending.bandsToConverge.sorted() {
      while let (lone, target) = bands[band]?.nextToConverge {
        let host = endLoneGroup(lone)
        attach(host, to: target)
      }
    }
  }
}

/// What an event has changed so far.
struct PendingOutcome: Sendable {
  var nodes: Set<NodeID> = []
  var groups: Set<GroupID> = []
  var bands: Set<BandKey> = []
  var numbersWereGiven = false
  var bandsToConverge: Set<BandKey> = []
  var messages: [Outcome.Message] = []

  /// Whether this event has said already what `node` should be in `group`.
  func hasTold(_ node: NodeID, of group: GroupID) -> Bool {
    messages.contains { message in
      guard message.node == node else { return false }
      return switch message.instruction {
      case .becomeVirtualServer(group, _, _, _, _), .attach(group, _, _, _), .wait(group): true
      default: false
      }
    }
  }

  /// Takes back the order to start a virtual server, if it has not gone out yet.
  ///
  /// - Returns: whether there was one.
  mutating func takeBackStart(of group: GroupID) -> Bool {
    let count = messages.count
    messages.removeAll { message in
      if case .becomeVirtualServer(group, _, _, _, _) = message.instruction { true } else { false }
    }
    return messages.count < count
  }

  /// Each changed row once, as it is now; in a fixed order, so that runs repeat.
  func outcome(of tables: Tables) -> Outcome {
    var outcome = Outcome()
    outcome.messages = messages
    if numbersWereGiven { outcome.changes.append(.putLastNumber(tables.lastNumber)) }
    outcome.changes += bands.sorted().compactMap { tables.bands[$0].map(RowChange.putBand) }
    outcome.changes += groups.sorted().map { group in
      tables.virtualServers[group].map(RowChange.putVirtualServer) ?? .removeVirtualServer(group)
    }
    outcome.changes += nodes.sorted().compactMap { tables.nodes[$0].map(RowChange.putNode) }
    return outcome
  }
}
