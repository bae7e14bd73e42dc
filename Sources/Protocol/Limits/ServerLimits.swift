/// What a server gives to strangers, and to each of its peers.
public struct ServerLimits: Sendable, Hashable {
  /// From the connection to the end of the TLS handshake.
  public var handshake: Duration = .seconds(10)
  /// Without a request. Longer than clients keep idle connections, so that the client closes first.
  public var idle: Duration = .seconds(90)
  /// From the first byte of a request's head to its last.
  public var head: Duration = .seconds(10)
  /// From the end of the head to the end of the body.
  public var body: Duration = .seconds(600)
  /// Without a byte of the body, while bytes are wanted.
  public var bodyPause: Duration = .seconds(30)
  /// Without room for more of the answer because the peer does not read.
  public var stalledWrite: Duration = .seconds(60)
  /// For the rest of a body that nobody wants after the answer.
  public var rest: Duration = .seconds(5)
  /// Bytes of a request's head, and of one field in it.
  public var headByteCount = 16 * 1024
  public var headFieldCount = 64
  /// Bytes of a body that is read whole. Streams have limits of their own for each line.
  public var bodyByteCount = 1 << 20
  public var connections = 4096
  public var connectionsPerAddress = 256
  /// Requests served at once, in all and of one identity.
  public var concurrentRequests = 512
  public var concurrentRequestsPerIdentity = 32
  /// Requests of one identity; of one address for who has none.
  public var requests = TokenBuckets<String>.Rate(perSecond: 50, burst: 200)
  public var requestsOfStrangers = TokenBuckets<String>.Rate(perSecond: 2, burst: 20)
  /// How many identities and addresses the rates tell apart.
  public var rateKeys = 100_000

  public init() {}

  var times: TimeLimits {
    TimeLimits(
      handshake: handshake.nanoseconds, idle: idle.nanoseconds, head: head.nanoseconds,
      body: body.nanoseconds, bodyPause: bodyPause.nanoseconds,
      stalledWrite: stalledWrite.nanoseconds, rest: rest.nanoseconds)
  }
}

extension Duration {
  /// At least 0, and at most some 290 years.
  var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return UInt64(min(seconds, 9_000_000_000)) * 1_000_000_000 + UInt64(attoseconds) / 1_000_000_000
  }
}
