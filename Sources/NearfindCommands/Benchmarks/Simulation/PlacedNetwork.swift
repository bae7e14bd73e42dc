import Cascade
import Placement
import RouteTracing
import RouterBands

/// Virtual servers as the central server's placement comes to them, from nodes that join one after
/// the other, and how far they are from each other.
struct PlacedNetwork: Sendable {
  struct Server: Sendable {
    let identifier: ServerIdentifier
    let band: BandKey
  }

  /// By the numbers of their groups.
  let servers: [Server]
  /// How many nodes joined until there were so many.
  let nodeCount: Int
  private let paths: [BandKey: RouterPath]

  /// Clients of one virtual server. Few, because they only make the joining longer.
  private static let limitCount = 2

  /// - Parameter seed: draws how many groups each band has and how far routers are.
  init(virtualServers: Int, seed: UInt64) {
    var generator = SplitMix(state: seed)
    var machine = PlacementMachine(at: Moment(milliseconds: 0))
    var (band, nodeCount) = (0, 0)
    while machine.tables.virtualServers.count < virtualServers {
      let places = generator.number(in: 1...7) * (Self.limitCount + 1)
      for place in 0..<places where machine.tables.virtualServers.count < virtualServers {
        Self.join(SyntheticRoutes.address(band: band, place: place), &machine, seed: seed)
        nodeCount += 1
      }
      band += 1
    }
    servers = machine.tables.virtualServers.values.sorted { $0.group < $1.group }.map {
      Server(identifier: ServerIdentifier($0.group.number), band: $0.band)
    }
    paths = machine.tables.bands.mapValues(\.path)
    self.nodeCount = nodeCount
  }

  /// A node connects, and when it is told to serve a group, its process listens at once.
  private static func join(
    _ address: IPAddress, _ machine: inout PlacementMachine, seed: UInt64
  ) {
    let decision = BandKey.decide(
      SyntheticRoutes.layeredRoute(to: address, seed: seed).observation())
    let node = NodeID("n-\(address)")
    let clock = Moment(milliseconds: 0)
    var report = NodeReport(
      node: node, incarnation: 1, sequence: 1,
      environment: Environment(limitCount: limitCount, startedAt: clock))
    let band = BandRow(key: decision.key, path: decision.path)
    for message in machine.handle(.join(report, band: band), at: clock).messages {
      guard message.node == node,
        case .becomeVirtualServer(let group, let epoch, _, _, let membership) = message.instruction
      else { continue }
      report.sequence = 2
      report.standing = .serving(
        group: group, epoch: epoch, endpoint: Endpoint(address, port: 7441),
        membership: membership, missing: [])
      _ = machine.handle(.report(report), at: clock)
    }
  }

  /// All virtual servers as the coordinator of one of them orders them before it has measured any,
  /// and the round trip to each by its band.
  func seen(from asker: Int) -> (servers: [CascadeServer], latencies: [ServerIdentifier: Duration])
  {
    let own = servers[asker]
    let ownPath = paths[own.band] ?? RouterPath()
    var distances: [BandKey: BandDistance] = [own.band: .sameBand]
    var latencies: [ServerIdentifier: Duration] = [:]
    latencies.reserveCapacity(servers.count)
    var seen: [CascadeServer] = []
    seen.reserveCapacity(servers.count)
    for server in servers {
      let distance =
        distances[server.band]
        ?? BandDistance(from: ownPath, to: paths[server.band] ?? RouterPath())
      distances[server.band] = distance
      latencies[server.identifier] = distance.latency
      let relation: Nearness.Relation =
        server.identifier == own.identifier
        ? .ownGroup : server.band == own.band ? .sameBand : .otherBand
      seen.append(
        CascadeServer(
          server.identifier,
          nearness: Nearness(
            relation: relation, distance: distance, key: Self.key(server.identifier))))
    }
    return (seen.sorted { $0.nearness < $1.nearness }, latencies)
  }

  /// Orders as the numbers do.
  private static func key(_ identifier: ServerIdentifier) -> String {
    let text = String(identifier.number)
    return String(repeating: "0", count: 20 - text.count) + text
  }
}
