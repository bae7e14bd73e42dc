import RouterBands
import Testing

@testable import RouteTracing

/// What is probed when many routes are wanted. Times are seconds from the start.
@Suite struct TracePlannerTests {
  private var planner = TracePlanner()
  private static let core = IPAddress("198.18.0.1")!
  private static let edge = IPAddress("198.18.101.2")!

  private static func host(_ number: Int, network: Int = 1) -> IPAddress {
    IPAddress("198.18.\(network).\(number)")!
  }

  private static func route(
    to host: IPAddress, _ routers: [IPAddress?], answers: Bool = true
  ) -> TracedRoute {
    TracedRoute(
      destination: host, path: RouterPath(routers.map { Hop($0) }),
      answeredAt: answers ? routers.count + 1 : nil)
  }

  /// Traces the first host of a network whole.
  private mutating func learn(
    _ host: IPAddress, _ routers: [IPAddress?] = [core, edge], answers: Bool = true,
    at seconds: Int = 0
  ) {
    let now = Duration.seconds(seconds)
    #expect(planner.step(for: host, at: now) == .probe(positions: 1...30, after: .zero))
    let route = Self.route(to: host, routers, answers: answers)
    #expect(
      planner.probed(host, positions: 1...30, route: route, at: now) == .answer(route))
  }

  @Test mutating func aKnownAddressIsAnsweredWithoutAProbe() {
    learn(Self.host(5))
    let known = Self.route(to: Self.host(5), [Self.core, Self.edge])
    #expect(planner.step(for: Self.host(5), at: .seconds(599)) == .answer(known))
  }

  @Test mutating func routesGrowOld() {
    learn(Self.host(5))
    learn(Self.host(5), at: 600)
  }

  @Test mutating func aForgottenAddressIsTracedWhole() {
    learn(Self.host(5))
    planner.forget(Self.host(5))
    learn(Self.host(5), at: 1)
  }

  /// Two probes instead of thirty for everybody else of the network.
  @Test mutating func neighboursAreOnlyAskedWhetherTheyAreThere() {
    learn(Self.host(5))
    let other = Self.host(6)
    #expect(planner.step(for: other, at: .seconds(1)) == .probe(positions: 2...3, after: .zero))
    // The router has no answer to spare.
    let seen = Self.route(to: other, [nil, nil])
    #expect(
      planner.probed(other, positions: 2...3, route: seen, at: .seconds(1))
        == .answer(Self.route(to: other, [Self.core, Self.edge])))
  }

  @Test mutating func aSilentNeighbourHasTheRoutersAndNoPosition() {
    learn(Self.host(5))
    let other = Self.host(6)
    _ = planner.step(for: other, at: .seconds(1))
    let step = planner.probed(
      other, positions: 2...3, route: Self.route(to: other, [], answers: false), at: .seconds(1))
    #expect(step == .answer(Self.route(to: other, [Self.core, Self.edge], answers: false)))
  }

  /// Nearer, further, or behind another router: a trace of its own.
  @Test(
    arguments: [
      [core], [nil, edge, host(99)], [nil, host(99)],
    ] as [[IPAddress?]])
  mutating func aNeighbourElsewhereIsTracedWhole(_ routers: [IPAddress?]) {
    learn(Self.host(5))
    let other = Self.host(6)
    _ = planner.step(for: other, at: .seconds(1))
    let isBehind = routers.count > 2
    let seen = Self.route(to: other, routers, answers: !isBehind)
    #expect(
      planner.probed(other, positions: 2...3, route: seen, at: .seconds(1))
        == .probe(positions: 1...30, after: .zero))
    let whole = Self.route(to: other, routers.map { $0 ?? Self.core })
    #expect(
      planner.probed(other, positions: 1...30, route: whole, at: .seconds(2)) == .answer(whole))
  }

  @Test mutating func aNetworkIsTracedOnceAtATime() {
    #expect(
      planner.step(for: Self.host(5), at: .zero) == .probe(positions: 1...30, after: .zero))
    let network = IPPrefix("198.18.1.0/24")!
    #expect(planner.step(for: Self.host(6), at: .zero) == .wait(for: network))
    #expect(planner.step(for: Self.host(5), at: .zero) == .wait(for: network))
    #expect(
      planner.step(for: Self.host(6, network: 2), at: .zero)
        == .probe(positions: 1...30, after: .zero))
    planner.failed(Self.host(5))
    #expect(
      planner.step(for: Self.host(6), at: .zero) == .probe(positions: 1...30, after: .zero))
  }

  @Test func ipv6NetworksAreSites() {
    #expect(TracePlanner.network(of: IPAddress("2001:db8:1:2::3")!) == IPPrefix("2001:db8:1::/48"))
  }

  @Test mutating func gapsAreProbedAgainLater() {
    learn(Self.host(5), [nil, Self.edge])
    let known = Self.route(to: Self.host(5), [nil, Self.edge])
    #expect(planner.step(for: Self.host(5), at: .seconds(9)) == .answer(known))
    #expect(
      planner.step(for: Self.host(5), at: .seconds(10)) == .probe(positions: 1...1, after: .zero))
    let seen = Self.route(to: Self.host(5), [Self.core], answers: false)
    #expect(
      planner.probed(Self.host(5), positions: 1...1, route: seen, at: .seconds(10))
        == .answer(Self.route(to: Self.host(5), [Self.core, Self.edge])))
  }

  @Test mutating func gapsAreFilledFromKnownParents() {
    learn(Self.host(5))
    let other = Self.host(5, network: 2)
    _ = planner.step(for: other, at: .zero)
    #expect(
      planner.probed(
        other, positions: 1...30, route: Self.route(to: other, [nil, Self.edge]), at: .zero)
        == .answer(Self.route(to: other, [Self.core, Self.edge])))
  }

  /// A router that is asked for many at once is asked again, one network after the other.
  @Test mutating func routersThatAreAskedTooMuchAreAskedInTurn() {
    let hosts = (1...8).map { Self.host(5, network: $0) }
    for host in hosts { _ = planner.step(for: host, at: .zero) }
    for host in hosts[..<6] {
      let route = Self.route(to: host, [Self.core, Self.edge])
      #expect(planner.probed(host, positions: 1...30, route: route, at: .zero) == .answer(route))
    }
    for (turn, host) in hosts[6...].enumerated() {
      let route = Self.route(to: host, [Self.core, nil])
      #expect(
        planner.probed(host, positions: 1...30, route: route, at: .zero)
          == .probe(positions: 2...2, after: .milliseconds(1100 * (turn + 1))))
    }
    let answer = Self.route(to: hosts[6], [nil, Self.edge], answers: false)
    #expect(
      planner.probed(hosts[6], positions: 2...2, route: answer, at: .seconds(2))
        == .answer(Self.route(to: hosts[6], [Self.core, Self.edge])))
  }

  /// A router that never answers costs a bounded number of tries.
  @Test mutating func retriesEnd() {
    let hosts = (1...8).map { Self.host(5, network: $0) }
    for host in hosts { _ = planner.step(for: host, at: .zero) }
    var step = planner.probed(
      hosts[0], positions: 1...30, route: Self.route(to: hosts[0], [Self.core, nil]), at: .zero)
    var tries = 0
    while case .probe(let positions, _) = step, tries < 100 {
      tries += 1
      step = planner.probed(
        hosts[0], positions: positions, route: TracedRoute(destination: hosts[0]), at: .zero)
    }
    #expect(tries == 3)
    #expect(step == .answer(Self.route(to: hosts[0], [Self.core, nil])))
  }

  /// A destination that stands somewhere else in every trace, as where ways of different length
  /// share the load: the answer comes, and its network is free for others.
  @Test mutating func anUnsteadyWayEnds() {
    let host = Self.host(5)
    var step = planner.step(for: host, at: .zero)
    var traces = 0
    while case .probe(let positions, _) = step, traces < 100 {
      traces += 1
      let routers: [IPAddress?] = positions.count > 1 ? [Self.core, Self.edge, nil] : [nil]
      step = planner.probed(
        host, positions: positions, route: Self.route(to: host, routers), at: .zero)
    }
    #expect(traces == 4)
    #expect(step == .answer(Self.route(to: host, [Self.core, Self.edge, nil])))
    #expect(
      planner.step(for: Self.host(6), at: .zero) == .probe(positions: 3...4, after: .zero))
  }

  /// A packet may be lost.
  @Test mutating func aSilentRouterAloneIsAskedOnceMore() {
    let host = Self.host(5)
    let route = Self.route(to: host, [Self.core, nil])
    _ = planner.step(for: host, at: .zero)
    #expect(
      planner.probed(host, positions: 1...30, route: route, at: .zero)
        == .probe(positions: 2...2, after: .zero))
    let silence = TracedRoute(destination: host)
    #expect(
      planner.probed(host, positions: 2...2, route: silence, at: .zero) == .answer(route))
  }
}

@Suite struct RecentlyUsedTests {
  @Test func memoryIsBoundedAndUseKeeps() {
    var memory = RecentlyUsed<Int, Int>(capacity: 100)
    for number in 0..<10_000 {
      memory.set(number, for: number)
      _ = memory.value(for: 0)
      #expect(memory.count <= 200)
    }
    #expect(memory.value(for: 0) == 0)
    #expect(memory.value(for: 9_999) == 9_999)
    #expect(memory.value(for: 5) == nil)
    memory.remove(0)
    #expect(memory.value(for: 0) == nil)
  }
}
