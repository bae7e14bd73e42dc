import Placement
import Protocol
import RouterBands

/// What a node says, checked and brought within bounds. Whose report it is, and from where, comes
/// from the connection.
extension NodeReport {
  /// The largest number that a node may count to: the tables hold no larger ones.
  static let greatestNumber = UInt64(Int64.max) - 1
  /// More clients than this no virtual server has.
  static let mostMissing = 10_000
  /// Ten years: what claims to run longer is no steadier for it.
  private static let longestUptime = 10.0 * 365 * 24 * 3600

  /// - Parameters:
  ///   - address: where the central server sees the node. A virtual server is told to others there.
  ///   - time: the central server's clock.
  init(
    _ report: PlacementReport, node: NodeID, address: IPAddress, configuration: Configuration,
    at time: Moment
  ) throws(PlacementRefusal) {
    guard report.incarnation <= Self.greatestNumber, report.sequence <= Self.greatestNumber else {
      throw .malformed("The report's number is beyond all counting.")
    }
    let uptime = report.environment.uptime
    let milliseconds = uptime.isFinite ? min(max(0, uptime), Self.longestUptime) * 1000 : 0
    let environment = Environment(
      limitCount: min(max(0, report.environment.limitCount), configuration.highestLimitCount),
      startedAt: time + -Int64(milliseconds))
    self.init(
      node: node, incarnation: report.incarnation, sequence: report.sequence,
      environment: environment, standing: try Standing(report.standing, address: address))
  }
}

extension NodeReport.Standing {
  fileprivate init(
    _ standing: PlacementReport.Standing, address: IPAddress
  ) throws(PlacementRefusal) {
    switch standing {
    case .seeking: self = .seeking
    case .attached(let group, let epoch):
      self = .attached(group: GroupID(group), epoch: Epoch(epoch))
    case .serving(let group, let epoch, let endpoint, let membership, let missing, let standby):
      guard endpoint.port != 0 else { throw .malformed("A virtual server cannot be at port 0.") }
      guard missing.count <= NodeReport.mostMissing else {
        throw .malformed("More clients are missed than a virtual server can have.")
      }
      self = .serving(
        group: GroupID(group), epoch: Epoch(epoch),
        endpoint: Endpoint(address, port: endpoint.port), membership: membership,
        missing: missing.map {
          ClientSighting(node: NodeID($0.node), incarnation: $0.incarnation)
        }, standby: standby.map { NodeID($0) })
    }
  }
}

extension RouterPath {
  /// The path that a node claims; what is no address counts as silent.
  init(claimed path: [String?]) {
    self.init(path.prefix(64).map { Hop($0.flatMap { IPAddress($0) }) })
  }
}

extension PlacementInstruction {
  init(_ instruction: Instruction) {
    switch instruction {
    case .becomeVirtualServer(let group, let epoch, let limit, let clients, let membership):
      self = .becomeVirtualServer(
        group: group.number, epoch: epoch.number, limitCount: limit,
        clients: clients.map(GroupClient.init), membership: membership)
    case .renewed(let group, let epoch, let sequence, let duration, let limit):
      self = .renewed(
        group: group.number, epoch: epoch.number, sequence: sequence, duration: duration,
        limitCount: limit)
    case .attach(let group, let epoch, let host, let endpoint):
      self = .attach(
        group: group.number, epoch: epoch.number, host: host.name,
        endpoint: NetworkEndpoint(endpoint))
    case .wait(let group): self = .wait(group: group.number)
    case .confirmed(let group, let epoch):
      self = .confirmed(group: group.number, epoch: epoch.number)
    case .detach(let group): self = .detach(group: group.number)
    case .drain(let group, let epoch): self = .drain(group: group.number, epoch: epoch.number)
    case .admit(let client, let membership):
      self = .admit(GroupClient(client), membership: membership)
    case .release(let node, let membership): self = .release(node.name, membership: membership)
    case .members(let clients, let membership):
      self = .members(clients.map(GroupClient.init), membership: membership)
    case .refused(.oldIncarnation(let known)): self = .refusedOldIncarnation(known: known)
    case .refused(.joinFirst): self = .refusedJoinFirst
    }
  }
}

extension GroupClient {
  fileprivate init(_ sighting: ClientSighting) {
    self.init(node: sighting.node.name, incarnation: sighting.incarnation)
  }
}

extension Instruction {
  /// The group that it is about; nil for a refusal and for what only changes a list of clients.
  var group: GroupID? {
    switch self {
    case .becomeVirtualServer(let group, _, _, _, _), .renewed(let group, _, _, _, _),
      .attach(let group, _, _, _), .wait(let group), .confirmed(let group, _),
      .detach(let group), .drain(let group, _):
      group
    case .admit, .release, .members, .refused: nil
    }
  }

  /// Whether it gives a node another place than it has. Such a word must not be taken back by a
  /// crash. The others say again what the node itself has said of an earlier, stored one, or what
  /// the next report says anew.
  var isPromise: Bool {
    switch self {
    case .becomeVirtualServer, .attach, .wait, .detach, .drain: true
    case .renewed, .confirmed, .admit, .release, .members, .refused: false
    }
  }

  /// After how many milliseconds the node should report again when nothing else happens.
  func nextReport(_ configuration: Configuration) -> Int64 {
    switch self {
    // Another node's process is starting, which takes about so long.
    case .wait: 500
    case .refused, .detach: 200
    case .becomeVirtualServer, .renewed, .drain, .admit, .release, .members:
      configuration.renewalInterval
    case .attach, .confirmed: configuration.reportInterval
    }
  }
}

extension BandInformation {
  init(_ decision: BandDecision, peer: IPAddress) {
    self.init(
      band: decision.key.description, peer: peer.description,
      hops: decision.path.hops.map(Hop.init), reasons: decision.reasons)
  }
}

extension BandInformation.Hop {
  init(_ hop: RouterBands.Hop) {
    self.init(
      address: hop.address?.description,
      roundTripTime: hop.roundTrip.map { Double($0.wholeMicroseconds) / 1e6 })
  }
}

extension NetworkEndpoint {
  init(_ endpoint: Endpoint) {
    self.init(address: endpoint.address.description, port: endpoint.port)
  }
}

extension Duration {
  fileprivate var wholeMicroseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  }
}
