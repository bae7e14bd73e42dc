/// What a node says of its machine and of where it is.
public struct NodeEnvironment: Hashable, Sendable, Codable {
  /// How many clients it can serve. The central server bounds it.
  public var limitCount: Int
  /// Seconds since the machine started.
  public var uptime: Double
  /// The address the node's connection leaves from, as its own system says it.
  public var localAddress: String?
  /// The routers towards the central server as the node traced them, nearest first; nil for a
  /// silent one.
  public var path: [String?]

  public init(
    limitCount: Int, uptime: Double, localAddress: String? = nil, path: [String?] = []
  ) {
    self.limitCount = limitCount
    self.uptime = uptime
    self.localAddress = localAddress
    self.path = path
  }
}

/// A client as its virtual server last saw it.
public struct GroupClient: Hashable, Sendable, Codable {
  public var node: String
  /// Which start of the node's daemon it is.
  public var incarnation: UInt64

  public init(node: String, incarnation: UInt64) {
    self.node = node
    self.incarnation = incarnation
  }
}

/// Where a process listens.
public struct NetworkEndpoint: Hashable, Sendable, Codable, CustomStringConvertible {
  /// An IPv4 or IPv6 address, without brackets.
  public var address: String
  public var port: UInt16

  public init(address: String, port: UInt16) {
    self.address = address
    self.port = port
  }

  public var description: String {
    address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
  }
}

/// `POST /v1/report`: a node's whole standing, so that any report makes up for lost ones. The
/// certificate says which node it is; the first report of an incarnation joins.
public struct PlacementReport: Hashable, Sendable, Codable {
  public enum Standing: Hashable, Sendable, Codable {
    case seeking
    /// `address` of the endpoint is what the node believes; the central server takes the address
    /// that it sees where that differs. `standby` is the client that has all of the group's index
    /// too; nil if none has.
    case serving(
      group: UInt64, epoch: UInt64, endpoint: NetworkEndpoint, membership: UInt64,
      missing: [GroupClient], standby: String? = nil)
    case attached(group: UInt64, epoch: UInt64)
  }

  /// Greater with every start of the daemon.
  public var incarnation: UInt64
  /// Greater with every message of an incarnation.
  public var sequence: UInt64
  public var environment: NodeEnvironment
  public var standing: Standing
  /// The revision of the list of revocations that the node has.
  public var revocations: UInt64
  /// The version of the list of virtual servers that the node has; nil for a node that needs none.
  public var directory: DirectoryVersion?
  /// Whether the node needs a statement of its band, because it has none that lasts.
  public var wantsBandStatement: Bool?

  public init(
    incarnation: UInt64, sequence: UInt64, environment: NodeEnvironment, standing: Standing,
    revocations: UInt64 = 0, directory: DirectoryVersion? = nil, wantsBandStatement: Bool? = nil
  ) {
    self.wantsBandStatement = wantsBandStatement
    self.incarnation = incarnation
    self.sequence = sequence
    self.environment = environment
    self.standing = standing
    self.revocations = revocations
    self.directory = directory
  }
}

/// `POST /v1/leave`: the node's last message.
public struct PlacementFarewell: Hashable, Sendable, Codable {
  public var incarnation: UInt64
  public var sequence: UInt64

  public init(incarnation: UInt64, sequence: UInt64) {
    self.incarnation = incarnation
    self.sequence = sequence
  }
}

/// What the node is to do.
public enum PlacementInstruction: Hashable, Sendable, Codable {
  /// Start the virtual server. The lease begins with the first `renewed`.
  case becomeVirtualServer(
    group: UInt64, epoch: UInt64, limitCount: Int, clients: [GroupClient], membership: UInt64)
  /// The lease holds for `duration` milliseconds from when report `sequence` was sent, by the
  /// node's own clock.
  case renewed(group: UInt64, epoch: UInt64, sequence: UInt64, duration: Int64, limitCount: Int)
  case attach(group: UInt64, epoch: UInt64, host: String, endpoint: NetworkEndpoint)
  /// A virtual server is about to start: report again in a moment.
  case wait(group: UInt64)
  case confirmed(group: UInt64, epoch: UInt64)
  /// The virtual server misses the node, or it is in no group: report.
  case detach(group: UInt64)
  /// Take no more records; end the process once attached elsewhere.
  case drain(group: UInt64, epoch: UInt64)
  case admit(GroupClient, membership: UInt64)
  case release(String, membership: UInt64)
  case members([GroupClient], membership: UInt64)
  /// The incarnation is older than the one known: start with a greater one.
  case refusedOldIncarnation(known: UInt64)
  /// The central server does not know this start of the node: report once more, as joining.
  case refusedJoinFirst
}

/// How the band of a node was found.
public struct BandInformation: Hashable, Sendable, Codable {
  /// One router of the reverse trace.
  public struct Hop: Hashable, Sendable, Codable {
    /// Nil for a silent one.
    public var address: String?
    /// Seconds; nil where none was measured.
    public var roundTripTime: Double?

    public init(address: String?, roundTripTime: Double? = nil) {
      self.address = address
      self.roundTripTime = roundTripTime
    }
  }

  /// The band's key.
  public var band: String
  /// The address that the central server sees.
  public var peer: String
  /// From the central server towards the node.
  public var hops: [Hop]
  /// Whole sentences.
  public var reasons: [String]

  public init(band: String, peer: String, hops: [Hop], reasons: [String]) {
    self.band = band
    self.peer = peer
    self.hops = hops
    self.reasons = reasons
  }
}

/// The answer to a ``PlacementReport``: the instructions in the order to follow them.
public struct PlacementAnswer: Hashable, Sendable, Codable {
  public var instructions: [PlacementInstruction]
  /// Milliseconds after which the node reports again when nothing happens.
  public var nextReport: Int64
  /// With the first report of an incarnation, and after a new trace.
  public var band: BandInformation?
  /// Nil when nothing was revoked since the node's revision.
  public var revocations: RevocationDelta?
  /// Nil when nothing has changed in the list of virtual servers, or none was asked for.
  public var directory: DirectoryDelta?
  /// Nil when the node wanted none.
  public var bandStatement: BandStatement?

  public init(
    instructions: [PlacementInstruction], nextReport: Int64, band: BandInformation? = nil,
    revocations: RevocationDelta? = nil, directory: DirectoryDelta? = nil,
    bandStatement: BandStatement? = nil
  ) {
    self.bandStatement = bandStatement
    self.instructions = instructions
    self.nextReport = nextReport
    self.band = band
    self.revocations = revocations
    self.directory = directory
  }
}
