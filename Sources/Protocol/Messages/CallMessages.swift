/// `POST /v1/calls`, at the virtual server of a node that cannot be reached: have it connect to the
/// asker. Answered with ``CallAnswer`` once the node has connected.
public struct CallRequest: Hashable, Sendable, Codable {
  /// The node to be called.
  public var owner: NodeIdentity
  /// Where the asker listens, at the address that the virtual server sees.
  public var port: UInt16
  /// For the tunnel that the node is to open there.
  public var token: TunnelToken

  public init(owner: NodeIdentity, port: UInt16, token: TunnelToken) {
    self.owner = owner
    self.port = port
    self.token = token
  }
}

/// The node that was called says that it has connected.
public struct CallAnswer: Hashable, Sendable, Codable {
  public init() {}
}

/// A line of the answer to `GET /v1/calls`, which every attached node keeps open.
public struct CallLine: Hashable, Sendable, Codable {
  /// Nil for a sign of life.
  public var call: Call?

  public init(call: Call? = nil) {
    self.call = call
  }
}

/// Somebody wants to speak with the node that reads this, and cannot connect to it.
public struct Call: Hashable, Sendable, Codable {
  /// Where to open a tunnel.
  public enum Meeting: Hashable, Sendable, Codable {
    /// At the caller's, `/v1/tunnels/TOKEN`.
    case caller(NetworkEndpoint)
    /// At the virtual server that brings the call, `/v1/relays/TOKEN`.
    case relay
  }

  public var number: UInt64
  /// As its certificate names it.
  public var caller: NodeIdentity
  public var meeting: Meeting
  public var token: TunnelToken

  public init(number: UInt64, caller: NodeIdentity, meeting: Meeting, token: TunnelToken) {
    self.number = number
    self.caller = caller
    self.meeting = meeting
    self.token = token
  }
}

/// `POST /v1/calls/outcome`: what came of a call.
public struct CallOutcome: Hashable, Sendable, Codable {
  public var number: UInt64
  /// Why no tunnel could be opened; nil when one is.
  public var problem: ProblemDocument?

  public init(number: UInt64, problem: ProblemDocument? = nil) {
    self.number = number
    self.problem = problem
  }
}

/// The paths of calls and relays.
public enum CallPath {
  public static let calls = "/v1/calls"
  public static let outcome = "/v1/calls/outcome"

  /// At who waits for a tunnel.
  public static func tunnel(_ token: TunnelToken) -> String { "/v1/tunnels/\(token)" }

  /// At the virtual server, for the node that was called.
  public static func relay(_ token: TunnelToken) -> String { "/v1/relays/\(token)" }

  private static let relayPrefix = "/v1/relays/to/"
  private static let uriPrefix = "nearfind://node/"

  /// At the virtual server, for who wants to speak with `owner` through it.
  public static func relay(to owner: NodeIdentity) -> String {
    relayPrefix + PeerIdentity.node(owner).uri.dropFirst(uriPrefix.count)
  }

  /// The owner that ``relay(to:)`` was made of.
  public static func owner(ofRelay path: String) -> NodeIdentity? {
    guard path.hasPrefix(relayPrefix),
      case .node(let owner)? = PeerIdentity(uri: uriPrefix + path.dropFirst(relayPrefix.count))
    else { return nil }
    return owner
  }
}
