import RouterBands

/// How sparingly routes are traced. Routers answer about one probe a second to one asker, after a
/// burst of six.
public struct TracePacing: Hashable, Sendable {
  /// How long a route counts as known.
  public var lifetime = Duration.seconds(600)

  /// How soon silent hops of a known route are probed again.
  public var gapInterval = Duration.seconds(10)

  /// How long a router takes to answer one more probe.
  public var routerInterval = Duration.milliseconds(1100)

  /// How many probes routers answer without a pause: after as many traces within
  /// ``busyInterval`` a silent hop may be a router that is asked too much.
  public var routerBurst = 6
  public var busyInterval = Duration.seconds(6)

  /// How often the router that decides the band is asked again when it may be asked too much.
  public var retries = 3

  /// The longest that a retry waits for its turn. It bounds how long a node waits to join.
  public var longestRetryDelay = Duration.seconds(8)

  /// How many networks and how many addresses are remembered, at most twice as many.
  public var networkCapacity = 8192
  public var addressCapacity = 32768

  /// How many calls may be under way at once; more are refused.
  public var callCapacity = 4096

  /// The largest TTL that is probed.
  public var reach = RouteTracer.usualReach

  public init() {}
}
