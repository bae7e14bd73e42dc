/// What a node tells the central server: always its whole standing, so that any report makes up
/// for those that were lost.
public struct NodeReport: Hashable, Sendable, Codable {
  /// What the node is at the moment.
  public enum Standing: Hashable, Sendable, Codable {
    /// Neither: it has just started, or lost its virtual server, or its own process ended.
    case seeking
    /// Its virtual server process listens at `endpoint`. `membership` is the version of the list
    /// of clients that it has. `missing` are clients that it has not heard of for its grace time.
    /// `standby` is the client that has all of the group's index too; nil if none has.
    case serving(
      group: GroupID, epoch: Epoch, endpoint: Endpoint, membership: UInt64,
      missing: [ClientSighting], standby: NodeID? = nil)
    /// It is a client of this group's virtual server of this epoch.
    case attached(group: GroupID, epoch: Epoch)
  }

  public var node: NodeID
  /// Greater with every start of the daemon: a counter that the node keeps on its disk.
  public var incarnation: UInt64
  /// Greater with every message of one incarnation.
  public var sequence: UInt64
  public var environment: Environment
  public var standing: Standing

  public init(
    node: NodeID, incarnation: UInt64, sequence: UInt64, environment: Environment,
    standing: Standing = .seeking
  ) {
    self.node = node
    self.incarnation = incarnation
    self.sequence = sequence
    self.environment = environment
    self.standing = standing
  }
}

/// A client as its virtual server last saw it.
public struct ClientSighting: Hashable, Sendable, Codable {
  public var node: NodeID
  public var incarnation: UInt64

  public init(node: NodeID, incarnation: UInt64) {
    self.node = node
    self.incarnation = incarnation
  }
}

/// What happens to the central server.
public enum Event: Hashable, Sendable, Codable {
  /// A node connects, its routers traced: the first event of an incarnation.
  case join(NodeReport, band: BandRow)
  /// A heartbeat: renews a lease, reports a virtual server, asks for a new one.
  case report(NodeReport)
  /// The node's routers were traced again.
  case bandChanged(NodeID, band: BandRow)
  /// The node says goodbye.
  case leave(NodeID, incarnation: UInt64, sequence: UInt64)
  /// Time passes.
  case tick
}

/// What the central server tells a node. A node may get any of them twice, late or never: its next
/// report brings what it needs again.
public enum Instruction: Hashable, Sendable, Codable {
  /// Start the virtual server process and report its endpoint. The lease begins with the first
  /// ``renewed(group:epoch:sequence:duration:limitCount:)``. `clients` are those of the group so
  /// far, version `membership` of their list.
  case becomeVirtualServer(
    group: GroupID, epoch: Epoch, limitCount: Int, clients: [ClientSighting], membership: UInt64)
  /// The lease holds for `duration` milliseconds from when report `sequence` was *sent*, by the
  /// node's own clock; less what that clock may be fast.
  case renewed(group: GroupID, epoch: Epoch, sequence: UInt64, duration: Int64, limitCount: Int)
  /// Attach to this virtual server.
  case attach(group: GroupID, epoch: Epoch, host: NodeID, endpoint: Endpoint)
  /// The group is known, its virtual server is about to start. Keep what you have until `attach`.
  case wait(group: GroupID)
  /// Your attachment holds; nothing is to be done.
  case confirmed(group: GroupID, epoch: Epoch)
  /// Your virtual server misses you, or you are in no group: report.
  case detach(group: GroupID)
  /// Take no more records for this group; end the process when you have attached elsewhere.
  case drain(group: GroupID, epoch: Epoch)
  /// To a virtual server: one more client, which makes `membership` of `membership - 1`.
  case admit(ClientSighting, membership: UInt64)
  /// To a virtual server: one client less. Its records go after a grace time.
  case release(NodeID, membership: UInt64)
  /// To a virtual server that has another version: all its clients.
  case members([ClientSighting], membership: UInt64)
  /// The message counts for nothing.
  case refused(Refusal)
}

/// Why a message counts for nothing, and what its sender can do.
public enum Refusal: Hashable, Sendable, Codable, CustomStringConvertible {
  /// A later start of this node has reported. Join with a greater incarnation.
  case oldIncarnation(known: UInt64)
  /// The node has never joined, or restarted, or left: join first.
  case joinFirst

  public var description: String {
    switch self {
    case .oldIncarnation(let known):
      "A later start of this node (number \(known)) has reported already. Join again with a greater number."
    case .joinFirst:
      "The central server does not know this start of the node. Join first."
    }
  }
}

/// What is to be done after an event. Commit `changes` in one transaction first; only then send
/// `messages`, in order, so that nobody acts on what a crash could take back.
public struct Outcome: Hashable, Sendable {
  public struct Message: Hashable, Sendable {
    public var node: NodeID
    public var instruction: Instruction

    public init(to node: NodeID, _ instruction: Instruction) {
      self.node = node
      self.instruction = instruction
    }
  }

  public var changes: [RowChange] = []
  public var messages: [Message] = []

  public init() {}
}
