/// A second copy of a group's index, kept by a client of the group's virtual server.
public struct GroupStandby: Hashable, Sendable, Codable {
  /// The node that keeps it, as its certificate names it.
  public var node: String
  /// Where its process answers searches and takes copies of records.
  public var endpoint: NetworkEndpoint
  /// Whether it holds all that the group's virtual server holds, as far as that is known.
  public var isReady: Bool

  public init(node: String, endpoint: NetworkEndpoint, isReady: Bool) {
    self.node = node
    self.endpoint = endpoint
    self.isReady = isReady
  }
}

/// What a client could do for its group, and does already.
public struct StandbyOffer: Hashable, Sendable, Codable {
  /// A process that keeps a second copy.
  public struct Copy: Hashable, Sendable, Codable {
    public var group: UInt64
    /// At the address that the virtual server sees.
    public var port: UInt16
    /// The version of the list of members that it goes by.
    public var membership: UInt64
    /// Nodes of that list whose records it does not all have yet.
    public var incompleteNodes: [String]

    public init(group: UInt64, port: UInt16, membership: UInt64, incompleteNodes: [String]) {
      self.group = group
      self.port = port
      self.membership = membership
      self.incompleteNodes = incompleteNodes
    }
  }

  /// How many clients the node could serve; 0 if none.
  public var limitCount: Int
  /// Seconds since the machine started.
  public var uptime: Double
  /// Nil while it keeps none.
  public var copy: Copy?

  public init(limitCount: Int, uptime: Double, copy: Copy? = nil) {
    self.limitCount = limitCount
    self.uptime = uptime
    self.copy = copy
  }
}

/// What a virtual server wants of the client that is to keep a second copy of its index. It holds as
/// long as it comes again with every answer.
public struct StandbyOrder: Hashable, Sendable, Codable {
  public var group: UInt64
  public var epoch: UInt64
  public var limitCount: Int
  /// All whose records are to be kept, the host of the virtual server among them; without the node
  /// that is told.
  public var members: [GroupClient]
  /// The version of the virtual server's own list.
  public var membership: UInt64
  /// Where members give their files, as far as that is known; in the order of their names.
  public var files: [FileSource]?

  public init(
    group: UInt64, epoch: UInt64, limitCount: Int, members: [GroupClient], membership: UInt64,
    files: [FileSource]? = nil
  ) {
    self.group = group
    self.epoch = epoch
    self.limitCount = limitCount
    self.members = members
    self.membership = membership
    self.files = files
  }
}
