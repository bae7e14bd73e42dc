/// All that the central server knows of where a node is when it decides the node's band.
public struct RouteObservation: Hashable, Sendable, Codable {
  /// O: the peer address that the central server sees. The one address that a node cannot invent.
  public var peer: IPAddress

  /// L: the local address that the node claims.
  public var claimedLocal: IPAddress?

  /// The reverse trace, from the central server towards `peer`: the routers, `peer` itself left
  /// out. Probes behind `peer` or without an answer are silent hops.
  public var reversePath: RouterPath

  /// The first TTL that `peer` itself answered; nil if it stayed silent.
  public var answeredAt: Int?

  /// The TTL that the node's connection request still had at the central server.
  public var synTTL: Int?

  /// The trace that the node claims to have made towards the central server, its first router
  /// first.
  public var claimedPath: RouterPath

  public init(
    peer: IPAddress, claimedLocal: IPAddress? = nil, reversePath: RouterPath = RouterPath(),
    answeredAt: Int? = nil, synTTL: Int? = nil, claimedPath: RouterPath = RouterPath()
  ) {
    self.peer = peer
    self.claimedLocal = claimedLocal
    self.reversePath = reversePath
    self.answeredAt = answeredAt
    self.synTTL = synTTL
    self.claimedPath = claimedPath
  }

  /// Where `peer` stands on the path, the central server's neighbour being 1, and how that is
  /// known.
  public enum Position: Hashable, Sendable {
    /// `peer` answered a probe, or is on this link by its address.
    case seen(Int)
    /// Reckoned from the TTL of its connection request.
    case reckoned(Int)
    /// What the TTL and the node say puts `peer` before a router that answered on the way to it.
    case contradicted(claimed: Int, deepestRouter: Int)
    case unknown

    public var value: Int? {
      switch self {
      case .seen(let position), .reckoned(let position): position
      case .contradicted, .unknown: nil
      }
    }
  }

  public var position: Position {
    if peer.isOfThisLink { return .seen(1) }
    let among = reversePath.hops.firstIndex { $0.address == peer }.map { $0 + 1 }
    if let seen = [answeredAt, among].compactMap({ $0 }).filter({ $0 > 0 }).min() {
      return .seen(seen)
    }
    guard let hopCount = Self.hopCount(ofTTL: synTTL) else { return .unknown }
    let claimed = hopCount + 1 - routersBehindTranslation
    // A router that answered stands before the peer. The claims cannot move the peer in front of
    // it, so a lie reaches no band further up.
    let deepest = deepestRouter
    guard claimed > deepest, claimed > 0 else {
      return .contradicted(claimed: claimed, deepestRouter: deepest)
    }
    return .reckoned(claimed)
  }

  private var deepestRouter: Int {
    (reversePath.hops.lastIndex { $0.address?.canBeRouter == true } ?? -1) + 1
  }

  /// How many routers stand between the node and the address translation that shows as `peer`.
  ///
  /// Only a private local address behind a public peer is behind a translation for certain. A
  /// private peer with another private address behind it might be, but the node's private hops
  /// then run past the translation and would be counted too many; it falls back to its network.
  private var routersBehindTranslation: Int {
    guard let claimedLocal, claimedLocal != peer, claimedLocal.isPrivate, !peer.isPrivate else {
      return 0
    }
    return claimedPath.hops.prefix { $0.address?.isPrivate == true }.count
  }

  /// Systems start at 64, 128 or 255; no path is longer than 63 hops.
  private static func hopCount(ofTTL ttl: Int?) -> Int? {
    guard let ttl, ttl > 0, let start = [64, 128, 255].first(where: { $0 >= ttl }) else {
      return nil
    }
    return start - ttl < 64 ? start - ttl : nil
  }
}
