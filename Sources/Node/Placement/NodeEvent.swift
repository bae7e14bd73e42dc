public import Protocol

/// What happens to a node. Times are those of the node's own monotonic clock.
public enum NodeEvent: Sendable, Hashable {
  case started
  /// The central server answered a report.
  case reportAnswered(sequence: UInt64, PlacementAnswer)
  /// No answer came, or one that says nothing; ask again, not before `retryAfter`.
  case reportFailed(sequence: UInt64, retryAfter: Duration?)
  /// The central server refused a report because this node's right was taken back.
  case rightLost(sequence: UInt64)
  /// The virtual server process of this number takes searches and records.
  case processListening(run: UInt64, port: UInt16)
  case processStatus(run: UInt64, VirtualServerStatus)
  /// The process ended, or could not be started.
  case processEnded(run: UInt64)
  case presenceAnswered(PresenceAnswer)
  /// The virtual server did not answer, or does not know this node.
  case presenceFailed(group: UInt64)
  case environmentChanged(NodeEnvironment)
  case certificateRenewed
  /// The node gives its files here; nil for nowhere.
  case givesFiles(FileOffer?)
  case stopAsked
  /// The goodbye was taken, or could not be said.
  case farewellEnded
  /// Time passed; see ``NodeBehaviour/nextWake``.
  case woke
}

/// What a node is to do, in this order.
public enum NodeAction: Sendable, Hashable {
  /// Keep the number so that no later start uses it again. Comes before the first report with it.
  case storeIncarnation(UInt64)
  /// Answer with ``NodeEvent/reportAnswered(sequence:_:)`` or
  /// ``NodeEvent/reportFailed(sequence:retryAfter:)``.
  case report(PlacementReport)
  /// Answer with ``NodeEvent/farewellEnded``.
  case farewell(PlacementFarewell)
  /// Start the virtual server process; `port` is where the one before it listened.
  case startProcess(run: UInt64, port: UInt16?)
  case command(VirtualServerCommand)
  /// Let the process finish and end it.
  case stopProcess
  /// Publish to this virtual server and ask it, from now on; nil for none.
  case use(GroupServer?)
  /// Publish copies to this standby as well, and ask it when the virtual server does not answer; nil
  /// for none.
  case useStandby(StandbyServer?)
  /// Tell the virtual server that this node lives; answer with ``NodeEvent/presenceAnswered(_:)`` or
  /// ``NodeEvent/presenceFailed(group:)``.
  case sendPresence(GroupServer, PresenceMessage)
  /// Trust these no more.
  case revoke(RevocationDelta)
  /// All is done after ``NodeEvent/stopAsked``.
  case finished
}

/// The virtual server that a node belongs to.
public struct GroupServer: Sendable, Hashable, Codable {
  public var group: UInt64
  public var epoch: UInt64
  /// The node that it runs on, as its certificate names it.
  public var host: String
  public var endpoint: NetworkEndpoint
  /// Whether it runs on this machine.
  public var isOwn: Bool

  public init(group: UInt64, epoch: UInt64, host: String, endpoint: NetworkEndpoint, isOwn: Bool) {
    self.group = group
    self.epoch = epoch
    self.host = host
    self.endpoint = endpoint
    self.isOwn = isOwn
  }
}

/// Who keeps a second copy of the index of the node's group.
public struct StandbyServer: Sendable, Hashable {
  public var server: GroupServer
  /// Whether it holds all that the virtual server holds, as far as that is known.
  public var isReady: Bool

  public init(server: GroupServer, isReady: Bool) {
    self.server = server
    self.isReady = isReady
  }
}
