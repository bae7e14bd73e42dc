public import Protocol
import RouteTracing
public import RouterBands

/// Finds out what a node says of its machine and of where it is.
public struct EnvironmentReader: Sendable {
  private let probe: MachineProbe
  private let rule: CapacityRule
  private let central: CentralAddress?

  /// - Parameter central: towards whom the route is traced; nil for a machine by itself.
  public init(probe: MachineProbe, rule: CapacityRule = CapacityRule(), central: CentralAddress?) {
    self.probe = probe
    self.rule = rule
    self.central = central
  }

  /// Looks at the machine now. Takes up to some seconds for the route, and never fails: what cannot
  /// be found out is left out.
  ///
  /// - Parameter former: what was found before: its route is kept while the addresses are the same.
  public func environment(after former: NodeEnvironment? = nil) async -> NodeEnvironment {
    let resources = await BlockingWork.run { [probe] in probe.resources() }
    var environment = NodeEnvironment(
      limitCount: rule.limitCount(of: resources), uptime: resources.uptimeHours * 3600)
    if let former, Self.isNear(environment.limitCount, former.limitCount) {
      environment.limitCount = former.limitCount
    }
    guard let central else { return environment }
    let way = await BlockingWork.run { LocalAddress.way(to: central.host, port: central.port) }
    environment.localAddress = way?.local
    if let former, former.localAddress == environment.localAddress, !former.path.isEmpty {
      environment.path = former.path
    } else if let way, let remote = IPAddress(way.remote) {
      environment.path = await Self.path(to: remote)
    }
    return environment
  }

  /// Whether a capacity is much the same as before: a group must not be moved about because the
  /// machine is a little busier than a minute ago.
  static func isNear(_ capacity: Int, _ former: Int) -> Bool {
    guard capacity > 0, former > 0 else { return capacity == former }
    return abs(capacity - former) * 3 <= former
  }

  private static func path(to address: IPAddress) async -> [String?] {
    guard let tracer = try? RouteTracer(),
      let route = try? await tracer.trace(address, rounds: 2)
    else { return [] }
    return route.path.hops.map { $0.address.map { "\($0)" } }
  }
}
