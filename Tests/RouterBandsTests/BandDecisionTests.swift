import RouterBands
import TestSupport
import Testing

@Suite struct BandDecisionTests {
  static func address(_ text: String) -> IPAddress { IPAddress(text)! }

  static func path(_ text: String) -> RouterPath {
    RouterPath(text.split(separator: " ").map { Hop(IPAddress($0)) })
  }

  @Test func everyHostOfSyntheticNetworksIsInItsTrueBand() {
    var ruleCounts: [BandDecision.Rule: Int] = [:]
    var silentCount = 0
    for seed in UInt64(1)...1_500 {
      var chance = SeededGenerator(seed: seed)
      let network = SyntheticNetwork(using: &chance)
      var known = KnownRouterTree()
      for host in network.hosts.shuffled(using: &chance) {
        let decision = BandKey.decide(host.observation, knownRouters: known)
        #expect(decision.key == host.truth, "seed \(seed): \(host) \(decision.reasons)")
        #expect(!decision.reasons.isEmpty)
        if decision.isTrustworthy { known.learn(decision.path) }
        ruleCounts[decision.rule, default: 0] += 1
        if host.observation.answeredAt == nil, decision.rule == .upperRouter { silentCount += 1 }
      }
    }
    #expect(ruleCounts[.upperRouter, default: 0] > 1_000)
    #expect(ruleCounts[.network, default: 0] > 500)
    #expect(ruleCounts[.sameLink, default: 0] > 100)
    #expect(silentCount > 500)
  }

  @Test func aFalseLocalAddressReachesNoOtherBand() {
    for seed in UInt64(1)...300 {
      var chance = SeededGenerator(seed: seed)
      let network = SyntheticNetwork(using: &chance)
      for host in network.hosts {
        let fallback = BandKey.network(IPPrefix(host.observation.peer, length: 24))
        let claims =
          network.hosts.map(\.observation.peer) + network.routers.map(\.lowerAddress)
          + [
            "192.168.0.11", "10.0.0.9", "100.64.0.3", "127.0.0.1", "8.8.8.8", "fd00::1",
          ].map(Self.address)
        var lie = host.observation
        for claim in claims.map(Optional.some) + [nil] {
          lie.claimedLocal = claim
          let key = BandKey.decide(lie).key
          #expect(key == host.truth || key == fallback, "seed \(seed): \(host) \(claim as Any)")
        }
      }
    }
  }

  /// Its routers answer the node and not the central server, so that nothing contradicts the lie
  /// but that a private peer's private hops prove nothing.
  @Test(arguments: ["10.8.0.11", "192.168.0.2", "8.8.8.8"])
  func aFalseLocalAddressReachesNoOtherBandWhereRoutersAreSilent(_ claim: String) {
    for peer in ["10.8.0.11", "198.18.8.11"] where peer.hasPrefix("10.") || claim == "8.8.8.8" {
      let observation = RouteObservation(
        peer: Self.address(peer), claimedLocal: Self.address(claim),
        reversePath: Self.path("198.18.0.1 * * *"), synTTL: 62,
        claimedPath: Self.path("10.8.0.1 198.18.0.2"))
      let network = IPPrefix(Self.address(peer), length: 24)
      #expect(BandKey.decide(observation).key == .network(network), "\(peer)")
    }
  }

  /// With everything invented that a node can invent, it stays on its own way.
  @Test func noClaimsAtAllReachARouterThatIsNotOnTheWay() {
    for seed in UInt64(1)...1_500 {
      var chance = SeededGenerator(seed: seed)
      let network = SyntheticNetwork(using: &chance)
      for host in network.hosts {
        var lie = host.observation
        lie.claimedLocal = Self.address("192.168.7.7")
        lie.synTTL = chance.number(-3...300)
        lie.claimedPath = RouterPath(
          (0..<chance.number(0...8)).map { _ in
            Hop(chance.happens(0.7) ? Self.address("10.0.0.1") : network.routers[0].lowerAddress)
          })
        let key = BandKey.decide(lie).key
        let fallback = BandKey.network(IPPrefix(lie.peer, length: 24))
        let onTheWay = lie.reversePath.hops.compactMap { hop in
          if case .ipv4(let router)? = hop.address { BandKey.router(router) } else { nil }
        }
        #expect(key == fallback || onTheWay.last == key, "seed \(seed): \(key)")
      }
    }
  }

  @Test func overridesGoByTheLongestPrefix() throws {
    let rules = try BandRules(overrides: [
      IPPrefix("10.0.0.0/8")!: "campus", IPPrefix("10.8.0.0/16")!: "library",
      IPPrefix("2001:db8::/32")!: "lab", IPPrefix("0.0.0.0/0")!: "world",
    ])
    for (peer, name) in [
      ("10.1.2.3", "campus"), ("10.8.9.9", "library"), ("2001:db8:5::1", "lab"),
      ("8.8.8.8", "world"),
    ] {
      let decision = BandKey.decide(RouteObservation(peer: Self.address(peer)), rules: rules)
      #expect(decision.key == .named(name))
      #expect(decision.rule == .override)
    }
    #expect(throws: BandRulesError.badName("", range: IPPrefix("10.0.0.0/8")!)) {
      try BandRules(overrides: [IPPrefix("10.0.0.0/8")!: ""])
    }
    #expect(throws: BandRulesError.badPrefixLength(8)) { try BandRules(ipv6PrefixLength: 8) }
  }

  @Test func dualStackNodesPreferIPv4() throws {
    let six = RouteObservation(peer: Self.address("2001:db8:7:a01::11"))
    let four = RouteObservation(
      peer: Self.address("198.18.7.11"), reversePath: Self.path("198.18.0.1 198.18.107.2"),
      answeredAt: 3)
    #expect(BandKey.decide(six).key.description == "6:2001:db8:7::/48")
    #expect(BandKey.decide(dualStack: [six, four])?.key.description == "r:198.18.107.2")
    #expect(BandKey.decide(dualStack: [six])?.rule == .ipv6)
    #expect(BandKey.decide(dualStack: []) == nil)
    let rules = try BandRules(overrides: [IPPrefix("2001:db8::/32")!: "lab"])
    #expect(BandKey.decide(dualStack: [four, six], rules: rules)?.key == .named("lab"))
  }

  @Test func neighboursAndLoopbackAreOneLink() {
    let loopback = BandKey.decide(RouteObservation(peer: Self.address("127.0.0.1")))
    #expect(loopback.rule == .sameLink)
    #expect(loopback.key.description == "4:127.0.0.0/24")
    let mapped = RouteObservation(peer: Self.address("::ffff:198.18.0.9"), answeredAt: 1)
    #expect(BandKey.decide(mapped).key.description == "4:198.18.0.0/24")
  }

  @Test func sameNumberingOfTwoCarriersNeverMerges() {
    var known = KnownRouterTree()
    func decide(_ peer: String, _ hops: String) -> BandDecision {
      let path = Self.path(hops)
      let decision = BandKey.decide(
        RouteObservation(
          peer: Self.address(peer), reversePath: path, answeredAt: path.hops.count + 1),
        knownRouters: known)
      if decision.isTrustworthy { known.learn(decision.path) }
      return decision
    }
    #expect(decide("8.1.1.9", "198.18.0.1 198.18.1.2 10.0.0.1").key.description == "r:10.0.0.1")
    #expect(decide("9.1.1.9", "198.18.0.1 198.18.2.2 10.0.0.1").key.description == "4:9.1.1.0/24")
    // Silent above: it may be anybody's. With what is known above it, it is the first one.
    #expect(decide("7.1.1.9", "* * 10.0.0.7").key.description == "4:7.1.1.0/24")
    let gap = decide("8.1.2.9", "198.18.0.1 * 10.0.0.1")
    #expect(gap.key.description == "r:10.0.0.1")
    #expect(gap.path.description == "198.18.0.1 198.18.1.2 10.0.0.1")
  }

  @Test func whoAnswersWithAnothersRouterAddressIsHeldApart() {
    var known = KnownRouterTree(learning: [Self.path("198.18.0.1 198.18.101.2")])
    let lies = [
      "198.18.0.1 198.18.102.2 198.18.101.2", "198.18.0.1 * 198.18.101.2", "* * 198.18.101.2",
      "* * * 198.18.101.2", "198.18.101.2",
    ]
    for lie in lies {
      let path = Self.path(lie)
      let decision = BandKey.decide(
        RouteObservation(
          peer: Self.address("198.18.2.9"), reversePath: path, answeredAt: path.hops.count + 1),
        knownRouters: known)
      #expect(decision.key.description == "4:198.18.2.0/24", "\(lie)")
      #expect(!decision.isTrustworthy)
    }
    #expect(
      known.verdict(on: Self.path("* 198.18.101.2"))
        == .consistent(Self.path("198.18.0.1 198.18.101.2")))
    // Twice unconfirmed, it is forgotten, and a route that changed is learnt.
    known.forgetUnconfirmed()
    #expect(known.count == 2)
    known.forgetUnconfirmed()
    #expect(known.count == 0)
  }

  @Test func theReasonsCanBeRead() {
    let observation = RouteObservation(
      peer: Self.address("198.18.6.11"), reversePath: Self.path("198.18.0.1 *"), answeredAt: 3)
    let decision = BandKey.decide(observation)
    #expect(
      decision.reasons == [
        "198.18.6.11 answered at hop 3.", "The router at hop 2 is silent.",
        "So its band is its /24.",
      ])
    #expect(decision.path.description == "198.18.0.1 *")
  }
}
