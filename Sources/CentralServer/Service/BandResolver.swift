import Logging
public import RouteTracing
public import RouterBands

/// Where a request comes from, as the connection says it.
public struct NodeOrigin: Hashable, Sendable {
  public var address: IPAddress
  /// The TTL that the connection's first packet still had; nil where the system kept none.
  public var synTTL: Int?

  public init(address: IPAddress, synTTL: Int? = nil) {
    self.address = address
    self.synTTL = synTTL
  }
}

/// Finds the band of a node: traces the way to it and decides by the operator's rules and the routers
/// that are known.
public actor BandResolver {
  public typealias Trace =
    @Sendable (IPAddress) async throws(RouteTracingError) -> TracedRoute

  /// Traces cost open files and time: more nodes than this are not kept waiting.
  private static let mostWaiting = 2048

  private let trace: Trace
  private let logger: Logger
  private var rules: BandRules
  private var knownRouters: KnownRouterTree
  private var waiting = 0

  /// - Parameter paths: those that were stored, the first learned first.
  public init(
    rules: BandRules, paths: some Sequence<RouterPath>, logger: Logger, trace: @escaping Trace
  ) {
    self.rules = rules
    self.trace = trace
    self.logger = logger
    knownRouters = KnownRouterTree(learning: paths)
  }

  /// - Parameters:
  ///   - claimedLocal: the address that the node says it has; it cannot choose a band by it.
  ///   - claimedPath: the routers that the node says it sees.
  /// - Throws: ``PlacementRefusal/overloaded``. A route that cannot be traced is a silent one.
  public func decide(
    _ origin: NodeOrigin, claimedLocal: IPAddress?, claimedPath: RouterPath
  ) async throws(PlacementRefusal) -> BandDecision {
    let route = try await route(to: origin.address)
    let decision = BandKey.decide(
      route.observation(
        claimedLocal: claimedLocal, synTTL: origin.synTTL, claimedPath: claimedPath),
      rules: rules, knownRouters: knownRouters)
    if decision.isTrustworthy { knownRouters.learn(decision.path) }
    return decision
  }

  /// Decides by other rules from now on.
  public func use(_ rules: BandRules) {
    self.rules = rules
  }

  /// Called once a day, so that the known routers follow ways that change.
  public func forgetUnconfirmed() {
    knownRouters.forgetUnconfirmed()
  }

  private func route(to address: IPAddress) async throws(PlacementRefusal) -> TracedRoute {
    // There is no way between the two, and nothing that could answer a probe.
    guard !address.isOfThisLink else { return TracedRoute(destination: address) }
    guard waiting < Self.mostWaiting else { throw .overloaded }
    waiting += 1
    defer { waiting -= 1 }
    do {
      return try await trace(address)
    } catch {
      logger.warning(
        "A route could not be traced",
        metadata: ["address": "\(address)", "reason": "\(error)"])
      return TracedRoute(destination: address)
    }
  }
}
