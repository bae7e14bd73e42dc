/// What a node's daemon tells the virtual server process that it started: one JSON object a line on
/// the process's standard input. When the input ends, the process ends.
public enum VirtualServerCommand: Hashable, Sendable, Codable {
  /// The group to serve, in place of what was before. `clients` are all of them.
  case serve(
    group: UInt64, epoch: UInt64, limitCount: Int, clients: [GroupClient], membership: UInt64)
  /// The lease holds until `end`, in milliseconds of ``MachineClock``: however late this is read, the
  /// process never believes in a lease that is over.
  case lease(epoch: UInt64, end: Int64, limitCount: Int)
  /// Keep copies of a group's records and answer its searches, in place of what was before. No lease
  /// comes with it.
  case standBy(StandbyOrder)
  case admit(GroupClient, membership: UInt64)
  case release(String, membership: UInt64)
  case members([GroupClient], membership: UInt64)
  /// Take no more records; go on answering searches.
  case drain
  case revocations(RevocationDelta)
  /// What is new of the other virtual servers.
  case directory(DirectoryDelta)
  /// Where the node that the process runs on gives its files; nil for nowhere.
  case files(at: NetworkEndpoint?)
  /// The certificate in the identity folder was renewed.
  case reloadIdentity
  /// Finish what runs and end.
  case stop
}

/// What the virtual server process tells the daemon: one JSON object a line on its standard output.
public enum VirtualServerEvent: Hashable, Sendable, Codable {
  /// Searches and records are taken at this port from now on.
  case listening(port: UInt16)
  /// Every few seconds and after every change.
  case status(VirtualServerStatus)
  /// A line for the daemon's log.
  case log(String)
  /// Why the process is about to end, in a whole sentence.
  case failed(String)
}

/// How a virtual server stands.
public struct VirtualServerStatus: Hashable, Sendable, Codable {
  public var group: UInt64
  public var epoch: UInt64
  public var membership: UInt64
  public var limitCount: Int
  /// Clients that have not been heard of for their grace time.
  public var missing: [GroupClient]
  public var recordCount: Int
  public var takesRecords: Bool
  /// Nodes of the group whose records are not all in the index yet.
  public var incompleteNodes: [String]?
  /// Who keeps a second copy; nil if nobody does.
  public var standby: GroupStandby?

  public init(
    group: UInt64, epoch: UInt64, membership: UInt64, limitCount: Int, missing: [GroupClient],
    recordCount: Int, takesRecords: Bool, incompleteNodes: [String]? = nil,
    standby: GroupStandby? = nil
  ) {
    self.group = group
    self.epoch = epoch
    self.membership = membership
    self.limitCount = limitCount
    self.missing = missing
    self.recordCount = recordCount
    self.takesRecords = takesRecords
    self.incompleteNodes = incompleteNodes
    self.standby = standby
  }
}
