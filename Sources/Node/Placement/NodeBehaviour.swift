public import Protocol

/// What a node does in a network, as a state machine: events come in with their time, actions go
/// out. It knows no socket, process, clock or file.
///
/// The central server says what the node is to be; the node does that, and keeps it while the
/// central server is away. One report is under way at a time, and only its own answer counts.
///
/// ```swift
/// var behaviour = NodeBehaviour(node: "ann/laptop", incarnation: 7, environment: environment, seed: 1)
/// for action in behaviour.handle(.started, at: .zero) { perform(action) }
/// ```
public struct NodeBehaviour: Sendable {
  public let node: String
  public let pacing: NodePacing
  public internal(set) var standing = NodeStanding.seeking
  /// Which start of the daemon this is.
  public internal(set) var incarnation: UInt64
  /// What the central server said of the band; nil before it did.
  public internal(set) var band: BandInformation?
  /// When a report was last answered; nil before the first time.
  public internal(set) var lastAnswer: Duration?
  /// Whether the last report got an answer.
  public internal(set) var isCentralReachable = false
  /// Whether the virtual server answers that the node is attached to.
  public internal(set) var isPresent = false

  var environment: NodeEnvironment
  var chance: SeededChance
  var now: Duration = .zero
  var actions: [NodeAction] = []
  var sequence: UInt64 = 0
  /// The report that waits for its answer, and when it was sent.
  var reportUnderWay: (sequence: UInt64, sentAt: Duration)?
  var reportDue: Duration?
  var reportBackoff = Backoff()
  /// How often the central server refused this node's number in a row.
  var refusalBackoff = Backoff()
  var presenceDue: Duration?
  var isPresenceUnderWay = false
  var presenceBackoff = Backoff()
  var process = ProcessState()
  /// Whether the process serves on only until the node is at home elsewhere.
  var isRetiring = false
  /// Whether the process would not run when it was needed: others should serve.
  var cannotServe = false
  /// What the node's virtual server wants of it beside being its client; nil for nothing.
  var duty: StandbyDuty?
  /// Who stands by for the group that the node is attached to, as its virtual server said.
  var knownStandby: GroupStandby?
  /// When that was last said.
  var standbyNamedAt: Duration = .zero
  var revocations = RevocationDelta(revision: 0)
  /// The other virtual servers, for the process; kept while the node serves.
  public internal(set) var directory = Directory()
  var used: GroupServer?
  var usedStandby: StandbyServer?
  /// Where the node gives its files; nil for nowhere.
  var files: FileOffer?
  var isStopping = false
  var hasSaidGoodbye = false

  /// - Parameters:
  ///   - node: this node as its certificate names it.
  ///   - incarnation: greater than at every earlier start, and stored.
  ///   - seed: of what is left to chance.
  public init(
    node: String, incarnation: UInt64, environment: NodeEnvironment,
    pacing: NodePacing = NodePacing(), seed: UInt64
  ) {
    self.node = node
    self.incarnation = incarnation
    self.environment = environment
    self.pacing = pacing
    chance = SeededChance(seed: seed)
  }

  /// When ``NodeEvent/woke`` is wanted at the latest; nil for never.
  public var nextWake: Duration? {
    var times: [Duration] = []
    if let reportDue, reportUnderWay == nil, !isStopping { times.append(reportDue) }
    if let presenceDue, !isPresenceUnderWay, !isStopping { times.append(presenceDue) }
    if case .due(let time) = process.phase { times.append(time) }
    if case .serving = standing, let downSince = process.downSince {
      times.append(downSince + pacing.processAbsence + pacing.leaseExpiry)
    }
    return times.min()
  }

  /// Takes one event.
  /// - Returns: what to do, in order.
  public mutating func handle(_ event: NodeEvent, at time: Duration) -> [NodeAction] {
    now = max(now, time)
    actions = []
    switch event {
    case .started: reportDue = now
    case .reportAnswered(let sequence, let answer): takeAnswer(answer, to: sequence)
    case .reportFailed(let sequence, let wait): takeFailure(of: sequence, retryAfter: wait)
    case .rightLost(let sequence): loseRight(sequence)
    case .processListening(let run, let port): processListens(run, at: port)
    case .processStatus(let run, let status): takeStatus(status, of: run)
    case .processEnded(let run): processEnded(run)
    case .presenceAnswered(let answer): takePresence(answer)
    case .presenceFailed(let group): losePresence(of: group)
    case .environmentChanged(let environment): takeEnvironment(environment)
    case .certificateRenewed: if process.isRunning { actions.append(.command(.reloadIdentity)) }
    case .givesFiles(let offer): takeFiles(offer)
    case .stopAsked: stop()
    case .farewellEnded: endAfterGoodbye()
    case .woke: break
    }
    act()
    return actions
  }

  /// Does what is due.
  private mutating func act() {
    giveUpServingIfHopeless()
    updateUse()
    updateStandbyUse()
    if case .due(let time) = process.phase, time <= now { startProcess() }
    guard !isStopping else { return }
    if let presenceDue, presenceDue <= now { sendPresence() }
    if let reportDue, reportDue <= now, reportUnderWay == nil { report() }
  }

  /// Asks the central server at this time, or earlier if that was meant to be.
  mutating func reportSoon(within spread: Duration = .zero) {
    let time = spread == .zero ? now : now + spread * Double.random(in: 0...1, using: &chance)
    reportDue = min(reportDue ?? time, time)
  }

  /// Whom the node publishes to and asks.
  private mutating func updateUse() {
    let target: GroupServer? =
      switch standing {
      case .seeking: nil
      case .attached(let server): server
      case .serving(let group):
        process.port.map {
          GroupServer(
            group: group.group, epoch: group.epoch, host: node,
            endpoint: NetworkEndpoint(address: ownAddress, port: $0), isOwn: true)
        }
      }
    guard target != used else { return }
    used = target
    actions.append(.use(target))
  }

  public var isProcessListening: Bool { process.phase == .listening }

  var ownAddress: String { environment.localAddress ?? "127.0.0.1" }

  private mutating func takeEnvironment(_ environment: NodeEnvironment) {
    // What the machine has to give goes with the next report; where it is cannot wait.
    let isSame =
      environment.localAddress == self.environment.localAddress
      && environment.path == self.environment.path
    self.environment = environment
    guard !isSame else { return }
    reportSoon(within: pacing.rehoming)
    announceFiles()
  }

  private mutating func takeFiles(_ offer: FileOffer?) {
    guard offer != files else { return }
    files = offer
    announceFiles()
    if presenceDue != nil { presenceDue = now }
  }

  /// Tells the process where this node gives its files; all others are seen at their addresses.
  mutating func announceFiles() {
    guard process.phase == .listening else { return }
    let endpoint = files.map { NetworkEndpoint(address: ownAddress, port: $0.port) }
    actions.append(.command(.files(at: endpoint)))
  }

  private mutating func stop() {
    guard !isStopping else { return }
    isStopping = true
    if process.isRunning { actions.append(.command(.drain)) }
    guard lastAnswer != nil else { return endAfterGoodbye() }
    sequence += 1
    actions.append(.farewell(PlacementFarewell(incarnation: incarnation, sequence: sequence)))
  }

  private mutating func endAfterGoodbye() {
    guard isStopping, !hasSaidGoodbye else { return }
    hasSaidGoodbye = true
    if process.isRunning {
      actions.append(.stopProcess)
    } else {
      process.phase = .absent
      actions.append(.finished)
    }
  }
}
