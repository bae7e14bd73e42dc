/// What a group's index gives to each of its nodes.
public struct GroupIndexLimits: Hashable, Sendable {
  /// Records of one node.
  public var quota = 1_000_000

  /// How long the records of a node stay that has left the group, in milliseconds: a day.
  public var releaseGrace: Int64 = 24 * 3600 * 1000

  /// Publications that wait for a commit, in all and of one node.
  public var waiting = 64
  public var waitingOfOneNode = 8

  /// Changes of one commit, unless a single publication has more.
  public var commitCount = 50_000

  /// Records that are taken out at a time when all of a node's go.
  public var clearingCount = 50_000

  public init() {}
}
