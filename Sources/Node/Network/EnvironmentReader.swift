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

  private static func path(to address: IPAddress) async -> [String?] {
    guard let tracer = try? RouteTracer(),
      let route = try? await tracer.trace(address, rounds: 2)
    else { return [] }
    return route.path.hops.map { $0.address.map { "\($0)" } }
  }
}
