import RouterBands

/// Decides what to probe when routes to many addresses are wanted, and what is known already. Pure:
/// times come in, counted from any fixed moment, and what to do goes out.
///
/// The addresses of one network (IPv4 /24, IPv6 /48) share their routers. The first is traced
/// whole, the others wait for that and are only asked whether they stand at the same position.
/// Whoever does not gets a trace of its own. Silent hops are filled from the tree of known routers
/// and probed again later.
public struct TracePlanner: Sendable {
  /// What to do for an address.
  public enum Step: Hashable, Sendable {
    /// The route is known.
    case answer(TracedRoute)
    /// Probe these TTLs after the delay, and report with
    /// ``TracePlanner/probed(_:positions:route:at:)`` or ``TracePlanner/failed(_:)``.
    case probe(positions: ClosedRange<Int>, after: Duration)
    /// The network is being traced for another address. Ask again when that is done.
    case wait(for: IPPrefix)
  }

  private struct KnownRoute: Sendable {
    var route: TracedRoute
    var measuredAt: Duration
    var gapsProbedAt: Duration
  }

  /// A trace that has begun.
  private struct Flight: Sendable {
    /// Whether the others of its network wait for it.
    var isForNetwork: Bool
    var retries = 0
    /// How often the address was traced whole since it was asked for.
    var wholeTraces = 0
    /// What is known of the route so far.
    var base: TracedRoute?
  }

  private static let wholeTracesAllowed = 2

  private let pacing: TracePacing
  private var addresses: RecentlyUsed<IPAddress, KnownRoute>
  private var networks: RecentlyUsed<IPPrefix, KnownRoute>
  private var flights: [IPAddress: Flight] = [:]
  private var tracedNetworks: Set<IPPrefix> = []
  /// When whole traces began lately.
  private var recentTraces: [Duration] = []
  /// When the next retry below a router has its turn; the routers of one parent may be one.
  private var turns: RecentlyUsed<KnownRouterTree.Parent, Duration>
  private var knownRouters = KnownRouterTree()
  private var lastForgetting = Duration.zero

  public init(pacing: TracePacing = TracePacing()) {
    self.pacing = pacing
    addresses = RecentlyUsed(capacity: pacing.addressCapacity)
    networks = RecentlyUsed(capacity: pacing.networkCapacity)
    turns = RecentlyUsed(capacity: pacing.networkCapacity)
  }

  /// The addresses whose routers are taken for the same.
  public static func network(of address: IPAddress) -> IPPrefix {
    IPPrefix(address, length: address.isIPv4 ? 24 : 48)
  }

  /// What to do to learn the route to an address.
  public mutating func step(for address: IPAddress, at now: Duration) -> Step {
    let network = Self.network(of: address)
    // One trace an address, whoever else asks.
    if flights[address] != nil { return .wait(for: network) }
    if var known = fresh(addresses.value(for: address), at: now) {
      guard let gaps = gapsToProbe(in: known, at: now) else { return .answer(known.route) }
      known.gapsProbedAt = now
      addresses.set(known, for: address)
      flights[address] = Flight(isForNetwork: false, base: known.route)
      return .probe(positions: gaps, after: .zero)
    }
    if tracedNetworks.contains(network) { return .wait(for: network) }
    if let known = fresh(networks.value(for: network), at: now) {
      flights[address] = Flight(isForNetwork: false, base: known.route)
      return .probe(positions: confirmation(of: known.route), after: .zero)
    }
    return wholeTrace(of: address, at: now)
  }

  /// Takes in what the probes of ``Step/probe(positions:after:)`` showed.
  ///
  /// - Returns: the answer, or more to probe; never ``Step/wait(for:)``.
  public mutating func probed(
    _ address: IPAddress, positions: ClosedRange<Int>, route: TracedRoute, at now: Duration
  ) -> Step {
    guard var flight = flights[address] else { return .answer(route) }
    let isNeighbour = flight.base.map { $0.destination != address } ?? false
    if let base = flight.base {
      guard let combined = base.extended(by: route, probed: positions) else {
        // It stands elsewhere than its network, or the way has changed.
        if flight.wholeTraces < Self.wholeTracesAllowed { return wholeTrace(of: address, at: now) }
        // The way changes with every probe: one of its forms has to do.
        finish(address, base, isForNetwork: flight.isForNetwork, at: now)
        return .answer(base)
      }
      flight.base = combined
    } else {
      flight.base = route
    }
    let combined = filled(flight.base ?? route, at: now)
    flight.base = combined
    if !isNeighbour, let retry = retry(combined, flight, at: now) {
      flight.retries += 1
      flights[address] = flight
      return retry
    }
    finish(address, combined, isForNetwork: flight.isForNetwork, at: now)
    return .answer(combined)
  }

  /// A trace could not be made.
  public mutating func failed(_ address: IPAddress) {
    if flights.removeValue(forKey: address)?.isForNetwork == true {
      tracedNetworks.remove(Self.network(of: address))
    }
  }

  /// Forgets an address and its network, so that the next trace is whole: an administrator or a
  /// node knows that its way has changed.
  public mutating func forget(_ address: IPAddress) {
    addresses.remove(address)
    networks.remove(Self.network(of: address))
  }

  // MARK: Steps

  private mutating func wholeTrace(of address: IPAddress, at now: Duration) -> Step {
    let network = Self.network(of: address)
    // When another trace of the network runs meanwhile, this one is for its address only.
    let earlier = flights[address]
    let isForNetwork =
      tracedNetworks.insert(network).inserted || earlier?.isForNetwork ?? false
    flights[address] = Flight(
      isForNetwork: isForNetwork, wholeTraces: (earlier?.wholeTraces ?? 0) + 1)
    recentTraces.removeAll { $0 + pacing.busyInterval < now }
    recentTraces.append(now)
    return .probe(positions: 1...pacing.reach, after: .zero)
  }

  /// The probes that show whether an address stands where its network's route ends: the last
  /// router, which must not be the address itself, and what is behind it.
  private func confirmation(of route: TracedRoute) -> ClosedRange<Int> {
    if let position = route.answeredAt { return max(1, position - 1)...position }
    // Where the route ends is not known.
    return max(1, route.path.hops.count)...max(pacing.reach, route.path.hops.count)
  }

  private func gapsToProbe(in known: KnownRoute, at now: Duration) -> ClosedRange<Int>? {
    let gaps = known.route.silentPositions
    guard known.gapsProbedAt + pacing.gapInterval <= now, let first = gaps.first,
      let last = gaps.last
    else { return nil }
    return first...last
  }

  /// The router right before the destination decides the band. If it is silent it is asked once
  /// more, for a packet may be lost; while many routes are traced, some times more and in its turn.
  private mutating func retry(_ route: TracedRoute, _ flight: Flight, at now: Duration) -> Step? {
    let isBusy =
      recentTraces.count { $0 + pacing.busyInterval >= now } > pacing.routerBurst
    let tries = isBusy ? pacing.retries : 1
    guard flight.retries < tries, let position = route.answeredAt, position > 1,
      route.path.hops.last?.address == nil
    else { return nil }
    if !isBusy { return .probe(positions: position - 1...position - 1, after: .zero) }
    let above = position > 2 ? route.path.hops[position - 3].address : nil
    let parent = above.map(KnownRouterTree.Parent.router) ?? .centralServer
    let turn = max(now, turns.value(for: parent) ?? now) + pacing.routerInterval
    guard turn - now <= pacing.longestRetryDelay else { return nil }
    turns.set(turn, for: parent)
    return .probe(positions: position - 1...position - 1, after: turn - now)
  }

  private mutating func finish(
    _ address: IPAddress, _ route: TracedRoute, isForNetwork: Bool, at now: Duration
  ) {
    flights[address] = nil
    let measured = addresses.value(for: address).flatMap { fresh($0, at: now)?.measuredAt } ?? now
    addresses.set(
      KnownRoute(route: route, measuredAt: measured, gapsProbedAt: now), for: address)
    let network = Self.network(of: address)
    if isForNetwork { tracedNetworks.remove(network) }
    let known = fresh(networks.value(for: network), at: now)
    // A route that ends at an answer says more than one that ends in silence, and of two that end
    // alike the one that shows more routers.
    let saysMore = known.map { known in
      known.route.answeredAt == nil
        || known.route.answeredAt == route.answeredAt
          && known.route.path.answerCount < route.path.answerCount
    }
    if isForNetwork || saysMore ?? true {
      networks.set(
        KnownRoute(route: route, measuredAt: known?.measuredAt ?? now, gapsProbedAt: now),
        for: network)
    }
  }

  private func fresh(_ known: KnownRoute?, at now: Duration) -> KnownRoute? {
    known.flatMap { $0.measuredAt + pacing.lifetime > now ? $0 : nil }
  }

  /// The route with its gaps filled from what other traces showed, where nothing speaks against it.
  private mutating func filled(_ route: TracedRoute, at now: Duration) -> TracedRoute {
    if now - lastForgetting > pacing.lifetime * 6 {
      knownRouters.forgetUnconfirmed()
      lastForgetting = now
    }
    // Far more than there are routes to remember: begin again.
    if knownRouters.count > 4 * pacing.networkCapacity { knownRouters = KnownRouterTree() }
    guard route.answeredAt != nil, case .consistent(let path) = knownRouters.verdict(on: route.path)
    else { return route }
    knownRouters.learn(path)
    var filled = route
    filled.path = path
    return filled
  }
}

extension TracedRoute {
  /// This route, or that of a neighbour in the same network, completed by probes of some positions.
  ///
  /// - Returns: nil when the probes contradict it.
  func extended(by probes: TracedRoute, probed: ClosedRange<Int>) -> TracedRoute? {
    let seen = probes.path.hops
    for position in probed where position <= min(seen.count, path.hops.count) {
      let known = path.hops[position - 1].address
      if let known, let now = seen[position - 1].address, known != now { return nil }
    }
    let end = answeredAt.map { $0 - 1 } ?? path.hops.count
    if let position = probes.answeredAt {
      // At or before what is known to be a router.
      if position <= end { return nil }
      if let answeredAt, probed.contains(answeredAt), position != answeredAt { return nil }
    } else if let answeredAt, seen.count >= answeredAt {
      // A router answers where the destination was to.
      return nil
    }
    var result = probes
    result.answeredAt = probes.answeredAt
    // The same address, of which only gaps were probed.
    if probes.destination == destination, probes.answeredAt == nil {
      result.answeredAt = answeredAt
      result.roundTrip = roundTrip
    }
    let length = result.answeredAt.map { $0 - 1 } ?? max(path.hops.count, seen.count)
    result.path = path.resized(to: length).merged(with: probes.path.resized(to: length))
    return result
  }
}
