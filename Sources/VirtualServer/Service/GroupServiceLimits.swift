import Protocol
public import SearchModel

/// What a virtual server gives to its group.
public struct GroupServiceLimits: Hashable, Sendable {
  public var index = GroupIndexLimits()

  /// How long a client may be silent before it counts as missing, in milliseconds.
  public var presenceGrace: Int64 = 30_000

  /// Searches that run at once, and that wait for their turn.
  public var concurrentSearches = 4
  public var waitingSearches = 128

  /// From the arrival of a search to its answer.
  public var searchTime: Duration = .seconds(10)

  /// From the arrival of a request for news to its answer.
  public var newsTime: Duration = .seconds(2)

  /// Hits of one page, and how far behind the first hit it may end.
  public var hitCount = GroupPage.hitCount
  public var lastHit = GroupPage.lastHit

  /// Spellings that another virtual server is told at most.
  static let spellings = 100

  /// What one query may cost. Each wildcard walks over the whole vocabulary.
  public var query = QueryCostLimits.standard

  /// Calls to nodes that cannot be reached, and what is passed on between such nodes.
  public var calls = CallLimits()
  public var relays = RelayLimits()

  public var server = GroupServiceLimits.serverLimits

  public init() {}

  /// Requests of one identity that are served at once. The host of another group asks for all of its
  /// group: a word that is typed wrong takes ten to twenty messages, and many search at once.
  static let requestsPerIdentity = 64

  /// Of the text of a search. Queries nest 50 deep, and every level is up to six of JSON's.
  static let searchJSON = JSONLimits(
    byteCount: 1 << 20, depth: 400, valueCount: 50_000, stringByteCount: 64 * 1024)

  /// For asking other virtual servers: none of them may take longer than a search.
  var client: ClientLimits {
    var client = ClientLimits()
    client.connecting = .seconds(2)
    client.handshake = .seconds(3)
    client.answer = searchTime
    client.pause = searchTime
    return client
  }

  private static var serverLimits: ServerLimits {
    var limits = ServerLimits()
    // Each may hold a publication in memory, so that one identity gets no more than a part of them.
    limits.concurrentRequests = 160
    limits.concurrentRequestsPerIdentity = requestsPerIdentity
    limits.requests = .init(perSecond: 1_000, burst: 4_000)
    return limits
  }
}
