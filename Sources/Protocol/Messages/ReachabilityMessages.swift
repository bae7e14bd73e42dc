/// `POST /v1/reachability`: whether others can connect to the node that asks, tried at once at the
/// address that the request comes from and at no other.
public struct ReachabilityRequest: Hashable, Sendable, Codable {
  /// Where the node listens.
  public var port: UInt16

  public init(port: UInt16) {
    self.port = port
  }
}

/// What came of the attempt.
public struct ReachabilityAnswer: Hashable, Sendable, Codable {
  public enum Finding: String, Hashable, Sendable, Codable {
    /// It answered, and its certificate is the node's.
    case reachable
    /// Something there says that nobody listens.
    case refused
    /// Nothing came back.
    case silent
    /// Somebody else answered.
    case somebodyElse
  }

  public var finding: Finding
  /// Where it was tried.
  public var endpoint: NetworkEndpoint
  /// More of it in words; nil where it answered.
  public var detail: String?
  /// Bytes a second that a virtual server passes on for a node that cannot be reached; nil from who
  /// relays nothing.
  public var relayRate: Int?

  public init(finding: Finding, endpoint: NetworkEndpoint, detail: String? = nil) {
    self.finding = finding
    self.endpoint = endpoint
    self.detail = detail
  }
}
