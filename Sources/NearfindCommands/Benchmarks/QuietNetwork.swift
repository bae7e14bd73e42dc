import CentralServer
import Logging
import Node
import Placement
import Protocol
import RouteTracing
import RouterBands
import Synchronization

/// A network in which nothing happens, for hours of a clock that is moved by hand: production's nodes
/// (`NodeBehaviour`) report to production's central server (`PlacementService`), and every message is
/// counted. Messages take no time, and a virtual server's process starts at once.
struct QuietNetwork {
  /// Messages in the hours that count, of nodes of one kind.
  struct Count {
    var nodes = 0
    var reports = 0
    var renewals = 0
    /// To virtual servers; the central server hears nothing of them.
    var presences = 0
  }

  struct Outcome {
    var hours: Int
    var virtualServers = Count()
    var attached = Count()

    /// Messages to the central server, a node an hour.
    func rate(_ count: Count) -> Double {
      Double(count.reports + count.renewals) / Double(max(1, count.nodes)) / Double(hours)
    }

    /// Messages to the own virtual server, an attached node an hour.
    var presenceRate: Double {
      Double(attached.presences) / Double(max(1, attached.nodes)) / Double(hours)
    }

    var allRate: Double {
      var all = virtualServers
      all.nodes += attached.nodes
      all.reports += attached.reports
      all.renewals += attached.renewals
      return rate(all)
    }
  }

  private struct Machine {
    let name: String
    let origin: NodeOrigin
    var behaviour: NodeBehaviour
    /// How old its certificates get, in milliseconds, and when the next is asked for.
    let certificateAge: Int64
    var renewal: Int64
    var count = Count()
    /// When it is to be woken, and when it next looks at its environment.
    var wake: Int64 = 0
    var look: Int64 = 0
  }

  /// Moved by hand.
  private final class Hands: Sendable {
    let milliseconds = Atomic<Int64>(0)
  }

  /// Everything has its place by then.
  private static let settling: Int64 = 3_600_000
  private static let hour: Int64 = 3_600_000
  private static let lookInterval: Int64 = 60_000

  private let placement: PlacementService
  private let hands: Hands
  private var machines: [Machine] = []
  private var places: [String: Int] = [:]
  private var queue = WakeQueue()
  private var now: Int64 = 0

  /// - Parameters:
  ///   - nodes: spread evenly over as many router bands as there are to be virtual servers.
  ///   - database: a path where nothing is yet.
  init(nodes: Int, virtualServers: Int, database: String) async throws {
    let logger = Logger(label: "nearfind.benchmark")
    var setup = PlacementService.Setup()
    // Nobody else wants to lead, and nobody keeps saying that this one does.
    setup.patience = .max / 8
    let hands = Hands()
    self.hands = hands
    let bands = BandResolver(rules: .standard, paths: [], logger: logger) {
      address throws(RouteTracingError) in SyntheticRoutes.route(to: address)
    }
    placement = PlacementService(
      store: try await SQLiteCentralStore(path: database), setup: setup, bands: bands,
      book: RevocationBook(),
      clock: CentralClock { hands.milliseconds.load(ordering: .relaxed) }, logger: logger)
    try await placement.beginLeading(at: "benchmark:0")
    for number in 0..<nodes {
      let address = SyntheticRoutes.address(
        band: number % virtualServers, place: number / virtualServers)
      let name = "n\(number)"
      let age =
        CertificateLifetime.peer
        * CertificateLifetime.shareAtRenewal(spread: Self.part(number, of: 0.618))
      places[name] = number
      machines.append(
        Machine(
          name: name, origin: NodeOrigin(address: address),
          behaviour: NodeBehaviour(
            node: name, incarnation: 1,
            environment: NodeEnvironment(
              limitCount: 300, uptime: 3600, localAddress: "\(address)"),
            seed: UInt64(number)),
          certificateAge: Int64(age * 1000),
          // In the middle of a certificate's life, as after weeks.
          renewal: Int64(age * 1000 * Self.part(number, of: 0.414))))
    }
  }

  /// Spreads numbers evenly over 0 to 1, the same at every run.
  private static func part(_ number: Int, of step: Double) -> Double {
    (Double(number) * step).truncatingRemainder(dividingBy: 1)
  }

  /// Lets an hour pass in which the nodes find their places, and counts in the hours after it.
  mutating func run(hours: Int) async throws -> Outcome {
    for index in machines.indices {
      // One after the other, as people come.
      queue.insert(index, at: Int64(index) * 100)
      machines[index].wake = Int64(index) * 100
      machines[index].look = Int64(index) * 100 + Self.lookInterval
    }
    var tick: Int64 = 0
    let end = Self.settling + Int64(hours) * Self.hour
    while let (time, index) = queue.popFirst(), time <= end {
      while tick <= time {
        move(to: tick)
        await placement.tick()
        tick += 1_000
      }
      move(to: time)
      guard machines[index].wake == time else { continue }
      try await wake(index)
    }
    var outcome = Outcome(hours: hours)
    for machine in machines {
      switch machine.behaviour.standing {
      case .serving: outcome.virtualServers.add(machine.count)
      case .attached: outcome.attached.add(machine.count)
      case .seeking: throw CommandFailure.failed("\(machine.name) found no place.")
      }
    }
    return outcome
  }

  private mutating func move(to time: Int64) {
    now = max(now, time)
    hands.milliseconds.store(now, ordering: .relaxed)
  }

  private var counts: Bool { now >= Self.settling }

  private mutating func wake(_ index: Int) async throws {
    if machines[index].behaviour.lastAnswer == nil { try await handle(.started, of: index) }
    if machines[index].look <= now {
      machines[index].look += Self.lookInterval
      var environment = NodeEnvironment(
        limitCount: 300, uptime: 3600, localAddress: "\(machines[index].origin.address)")
      environment.uptime += Double(now) / 1000
      try await handle(.environmentChanged(environment), of: index)
    }
    if machines[index].renewal <= now {
      machines[index].renewal += machines[index].certificateAge
      if counts { machines[index].count.renewals += 1 }
      try await handle(.certificateRenewed, of: index)
    }
    try await handle(.woke, of: index)
    var next = min(machines[index].look, machines[index].renewal)
    if let wake = machines[index].behaviour.nextWake {
      let (seconds, attoseconds) = wake.components
      // Not before it is due.
      next = min(next, seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
    machines[index].wake = max(next, now + 1)
    queue.insert(index, at: machines[index].wake)
  }

  private mutating func handle(_ first: NodeEvent, of index: Int) async throws {
    var events = [first]
    while !events.isEmpty {
      let event = events.removeFirst()
      for action in machines[index].behaviour.handle(event, at: .milliseconds(now)) {
        if let event = try await perform(action, of: index) { events.append(event) }
      }
    }
  }

  /// - Returns: what comes of it.
  private mutating func perform(
    _ action: NodeAction, of index: Int
  ) async throws -> NodeEvent? {
    switch action {
    case .report(let report):
      if counts { machines[index].count.reports += 1 }
      let answer = try await placement.report(
        report, of: NodeID(machines[index].name), from: machines[index].origin)
      return .reportAnswered(sequence: report.sequence, answer)
    case .startProcess(let run, _): return .processListening(run: run, port: 7441)
    case .sendPresence(let server, _):
      if counts { machines[index].count.presences += 1 }
      guard let host = places[server.host],
        case .serving(let group) = machines[host].behaviour.standing, group.group == server.group
      else { return .presenceFailed(group: server.group) }
      return .presenceAnswered(
        PresenceAnswer(group: group.group, epoch: group.epoch, takesRecords: true))
    case .stopProcess, .command, .use, .useStandby, .revoke, .storeIncarnation, .farewell,
      .finished:
      return nil
    }
  }
}

extension QuietNetwork.Count {
  fileprivate mutating func add(_ other: QuietNetwork.Count) {
    nodes += 1
    reports += other.reports
    renewals += other.renewals
    presences += other.presences
  }
}
