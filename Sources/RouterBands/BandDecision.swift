/// The band of a node, and why.
public struct BandDecision: Hashable, Sendable {
  /// The rule of the design that decided.
  public enum Rule: Int, Hashable, Sendable, Codable {
    case override = 1
    case ipv6 = 2
    case sameLink = 4
    case upperRouter = 5
    case network = 6
  }

  public var key: BandKey
  public var rule: Rule

  /// The routers from the central server to the band, its upper-level router last; the distance
  /// of two bands is reckoned from it. Silent hops at the end are kept where the position is known.
  public var path: RouterPath

  /// Where the node, or the address translation in front of it, stands on the path.
  public var position: RouteObservation.Position

  /// Whole sentences for a person, in the order of the thought.
  public var reasons: [String]

  /// Whether the tree of known routers may learn from `path`: nothing in it was doubted.
  public var isTrustworthy: Bool
}

extension BandKey {
  /// Decides the band of a node, by the six rules of the design.
  ///
  /// A node cannot choose its band: the key comes from the address that the central server sees
  /// and from the trace towards it. What a node claims (its local address) is used only where the
  /// address is silent, and there it can change the answer only to the address's own network.
  ///
  /// - Parameters:
  ///   - observation: what is known of the node.
  ///   - rules: overrides and the length of IPv6 bands.
  ///   - knownRouters: what earlier traces showed. Let it learn ``BandDecision/path`` when
  ///     ``BandDecision/isTrustworthy``.
  public static func decide(
    _ observation: RouteObservation, rules: BandRules = .standard,
    knownRouters: KnownRouterTree = KnownRouterTree()
  ) -> BandDecision {
    let position = observation.position
    let path = observation.pathToUpperRouter
    func decision(
      _ key: BandKey, _ rule: BandDecision.Rule, isTrustworthy: Bool, _ reasons: String...,
      filled: RouterPath? = nil
    ) -> BandDecision {
      BandDecision(
        key: key, rule: rule, path: filled ?? path, position: position, reasons: reasons,
        isTrustworthy: isTrustworthy)
    }

    let peer = observation.peer
    if let (range, name) = rules.override(for: peer) {
      return decision(
        .named(name), .override, isTrustworthy: false,
        "The administrator named the band of \(range): \(name).")
    }
    if case .ipv6 = peer {
      let network = IPPrefix(peer, length: rules.ipv6PrefixLength)
      return decision(
        .network(network), .ipv6, isTrustworthy: false,
        "\(peer) is an IPv6 address; its band is its /\(rules.ipv6PrefixLength).")
    }
    let network = BandKey.network(IPPrefix(peer, length: 24))
    guard let place = position.value else {
      return decision(network, .network, isTrustworthy: false, position.sentence(about: peer))
    }
    if place == 1 {
      return decision(
        network, .sameLink, isTrustworthy: true,
        "\(peer) is on the central server's own link; its band is its /24.")
    }
    switch knownRouters.verdict(on: path) {
    case .consistent(let filled):
      guard case .ipv4(let router)? = filled.hops.last?.address else { break }
      return decision(
        .router(router), .upperRouter, isTrustworthy: true, position.sentence(about: peer),
        "\(router) is the last router before it.", filled: filled)
    case let doubt:
      return decision(
        network, .network, isTrustworthy: false, position.sentence(about: peer),
        doubt.sentence(position: place - 1), "So its band is its /24.")
    }
    return decision(network, .network, isTrustworthy: false, position.sentence(about: peer))
  }

  /// Decides the band of a node that has addresses of both families: its IPv4 band, unless an
  /// override names its IPv6 address and not the other.
  ///
  /// - Returns: nil for no observation.
  public static func decide(
    dualStack observations: [RouteObservation], rules: BandRules = .standard,
    knownRouters: KnownRouterTree = KnownRouterTree()
  ) -> BandDecision? {
    let decisions = observations.sorted { $0.peer < $1.peer }
      .map { decide($0, rules: rules, knownRouters: knownRouters) }
    return decisions.first { $0.rule == .override } ?? decisions.first
  }
}

extension RouteObservation {
  /// The hops before the peer as far as its position is known, else as far as routers answered.
  fileprivate var pathToUpperRouter: RouterPath {
    let count = position.value.map { $0 - 1 } ?? reversePath.deepestAnswer
    let missing = max(0, count - reversePath.hops.count)
    return RouterPath(
      reversePath.hops.prefix(count) + [Hop](repeating: .silent, count: missing))
  }
}

extension RouteObservation.Position {
  fileprivate func sentence(about peer: IPAddress) -> String {
    switch self {
    case .seen(let position):
      "\(peer) answered at hop \(position)."
    case .reckoned(let position):
      "\(peer) is silent; by its connection's TTL it stands at hop \(position)."
    case .contradicted(let claimed, let deepest):
      "\(peer) is silent; its TTL and the routers it claims would put it at hop \(claimed), but a router on the way to it answered at hop \(deepest). So its band is its /24."
    case .unknown:
      "\(peer) is silent and its connection's TTL says nothing, so its band is its /24."
    }
  }
}

extension KnownRouterTree.Verdict {
  fileprivate func sentence(position: Int) -> String {
    switch self {
    case .consistent:
      "Hop \(position) is no IPv4 router."
    case .contradicted(let router, let known, let seen):
      "\(router) at hop \(position) or above is known \(known.place), and here it stands \(seen?.place ?? "further down")."
    case .looped(let router):
      "\(router) would stand on the path twice."
    case .unanchored(let router):
      "\(router) is a private address, and the routers above it are silent: it may be anybody's."
    case .silent:
      "The router at hop \(position) is silent."
    }
  }
}

extension KnownRouterTree.Parent {
  fileprivate var place: String {
    switch self {
    case .centralServer: "next to the central server"
    case .router(let address): "below \(address)"
    }
  }
}
