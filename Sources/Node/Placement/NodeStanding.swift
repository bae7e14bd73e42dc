public import Protocol

/// What a node is in its band.
public enum NodeStanding: Sendable, Hashable {
  /// In no group yet, or not any more.
  case seeking
  case serving(ServedGroup)
  case attached(GroupServer)
}

/// A group that this node's virtual server process serves.
public struct ServedGroup: Sendable, Hashable {
  public var group: UInt64
  public var epoch: UInt64
  public var limitCount: Int
  /// The attached nodes, each with the start of its daemon.
  public var clients: [String: UInt64]
  /// The version of that list.
  public var membership: UInt64
  /// Until when records may be taken, by this node's clock; nil before the first lease.
  public var leaseEnd: Duration?
  /// Clients that the process has not heard of for too long.
  public var missing: [GroupClient] = []
  /// Who keeps a second copy of the index; nil if nobody does.
  public var standby: GroupStandby?
  /// Whether the central server knows where the process listens.
  var isAnnounced = false

  var clientList: [GroupClient] {
    clients.sorted { $0.key < $1.key }.map { GroupClient(node: $0.key, incarnation: $0.value) }
  }

  var serveCommand: VirtualServerCommand {
    .serve(
      group: group, epoch: epoch, limitCount: limitCount, clients: clientList,
      membership: membership)
  }
}

/// The virtual server process as the node sees it.
struct ProcessState: Sendable, Hashable {
  enum Phase: Sendable, Hashable {
    case absent
    /// To be started, not before this time.
    case due(Duration)
    case starting
    case listening
  }

  var phase = Phase.absent
  /// Counts the starts, so that news of one that ended are known as such.
  var run: UInt64 = 0
  /// Where it listens, or listened.
  var port: UInt16?
  var startedAt: Duration = .zero
  /// Since when a group that should be served is not; nil while it is.
  var downSince: Duration?
  var backoff = Backoff()

  var isRunning: Bool { phase == .starting || phase == .listening }
}

/// A second copy of the index of the group that the node is attached to, kept by its process.
struct StandbyDuty: Sendable, Hashable {
  /// What the process said that it has.
  struct Held: Sendable, Hashable {
    var membership: UInt64
    /// Nodes of the group whose records are not all there yet.
    var incompleteNodes: [String]
  }

  var order: StandbyOrder
  /// Nil before the process said.
  var held: Held?
}
