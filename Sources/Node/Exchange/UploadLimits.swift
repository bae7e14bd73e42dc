/// What a node gives of its line and its disk to those who fetch its files.
public struct UploadLimits: Hashable, Sendable {
  /// Bytes a second, of all transfers together; nil for no limit.
  public var bytesPerSecond: Double?
  /// Transfers at once.
  public var transfers = 16
  /// Transfers at once to one node.
  public var transfersPerPeer = 4

  public init() {}
}
