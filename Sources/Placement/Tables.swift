public import RouterBands

/// What the central server keeps of a node.
public struct NodeRow: Hashable, Sendable, Codable {
  /// Whether the node takes part.
  public enum Presence: String, Hashable, Sendable, Codable {
    case present
    /// Nothing was heard of it in time. It is taken back as soon as it reports.
    case lost
    /// It said goodbye. Its old messages that are still on their way count for nothing.
    case left
  }

  public var node: NodeID
  public var environment: Environment
  public var band: BandKey
  /// The one group that the node is in, as its virtual server or as its client; nil unless present.
  public var group: GroupID?
  public var presence: Presence
  /// Which start of the node's daemon this is. Messages of earlier ones are refused.
  public var incarnation: UInt64
  /// When the node was last heard of, up to ``Configuration/lastSeenPrecision`` ago.
  public var lastSeen: Moment

  public init(
    node: NodeID, environment: Environment, band: BandKey, group: GroupID? = nil,
    presence: Presence = .present, incarnation: UInt64, lastSeen: Moment
  ) {
    self.node = node
    self.environment = environment
    self.band = band
    self.group = group
    self.presence = presence
    self.incarnation = incarnation
    self.lastSeen = lastSeen
  }
}

/// What the central server keeps of a node's machine.
public struct Environment: Hashable, Sendable, Codable {
  /// How many clients it can serve; see `CapacityRule`.
  public var limitCount: Int
  /// When the machine started, by the central server's clock: the longer ago, the steadier.
  public var startedAt: Moment

  public init(limitCount: Int, startedAt: Moment) {
    self.limitCount = limitCount
    self.startedAt = startedAt
  }

  /// Whether the two differ by no more than a message's way: a start is reckoned from an uptime.
  func isNearly(_ other: Environment) -> Bool {
    limitCount == other.limitCount
      && startedAt.milliseconds.distanceIsBelow(60_000, from: other.startedAt.milliseconds)
  }
}

extension Int64 {
  fileprivate func distanceIsBelow(_ bound: UInt64, from other: Int64) -> Bool {
    let (difference, overflows) = subtractingReportingOverflow(other)
    return !overflows && difference.magnitude < bound
  }
}

/// The paper's virtual server table, with the lease. One row is one group.
public struct VirtualServerRow: Hashable, Sendable, Codable {
  public var group: GroupID
  public var band: BandKey
  /// The node that the virtual server runs on. It is no client of itself.
  public var host: NodeID
  /// `server_ip` and `server_port`; nil from when the node was told until its process reports.
  public var endpoint: Endpoint?
  /// `client_count`: the attached nodes.
  public var clientCount: Int
  /// `limit_count`: the most there may be.
  public var limitCount: Int
  public var epoch: Epoch

  public init(
    group: GroupID, band: BandKey, host: NodeID, endpoint: Endpoint? = nil, clientCount: Int = 0,
    limitCount: Int, epoch: Epoch
  ) {
    self.group = group
    self.band = band
    self.host = host
    self.endpoint = endpoint
    self.clientCount = clientCount
    self.limitCount = limitCount
    self.epoch = epoch
  }

  /// The paper's `router_ip`.
  public var routerAddress: String { band.routerAddress }
  public var hasRoom: Bool { clientCount < limitCount }
}

/// A router band and the way to it.
public struct BandRow: Hashable, Sendable, Codable {
  public var key: BandKey
  public var path: RouterPath

  public init(key: BandKey, path: RouterPath = RouterPath()) {
    self.key = key
    self.path = path
  }
}

/// The central tables, users aside: all that must outlive the central server.
public struct Tables: Hashable, Sendable, Codable {
  public var nodes: [NodeID: NodeRow] = [:]
  public var virtualServers: [GroupID: VirtualServerRow] = [:]
  public var bands: [BandKey: BandRow] = [:]
  /// The last number given to a group or an epoch. None is ever given twice.
  public var lastNumber: UInt64 = 0

  public init() {}

  /// Makes one stored change. Making it again changes nothing.
  public mutating func apply(_ change: RowChange) {
    switch change {
    case .putNode(let row): nodes[row.node] = row
    case .putVirtualServer(let row): virtualServers[row.group] = row
    case .removeVirtualServer(let group): virtualServers[group] = nil
    case .putBand(let row): bands[row.key] = row
    case .putLastNumber(let number): lastNumber = max(lastNumber, number)
    }
  }
}

/// A change of the stored tables.
public enum RowChange: Hashable, Sendable, Codable {
  case putNode(NodeRow)
  case putVirtualServer(VirtualServerRow)
  case removeVirtualServer(GroupID)
  case putBand(BandRow)
  case putLastNumber(UInt64)
}
