import RouteTracing
import RouterBands
import Testing

/// Bands and routes over real routers, with the code that runs in the product: connections, saved
/// SYNs, reverse traces, decisions.
@Suite(
  .serialized,
  .enabled("Standard error says why namespaces cannot be made here.") {
    await NetworkLab.isPossible()
  })
struct NetworkLabTests {
  @Test func everyHostGetsItsBand() async throws {
    let hosts = Self.nodes(Landscape.everything)
    #expect(hosts.count == 28)
    let outcome = try await NetworkLab(core: Landscape.everything)
      .join(hosts, at: Landscape.central)
    try Self.check(outcome, hosts, keys: Landscape.keys)
    Self.checkForward(outcome, hosts) { $0.forwardPath }
  }

  @Test func everyHostGetsItsIPv6Band() async throws {
    let hosts = Self.nodes(Landscape.everything).filter { $0.address6 != nil }
    #expect(hosts.count == 24)
    let outcome = try await NetworkLab(core: Landscape.everything)
      .join(hosts, at: Landscape.central6)
    try Self.check(outcome, hosts, keys: Landscape.keys6)
    Self.checkForward(outcome, hosts) { $0.forwardPath6 }
    // No translation: what the central server sees is the host's own address.
    for host in hosts {
      #expect(outcome.placements[host.host.name]?.peer == host.address6.flatMap { IPAddress($0) })
    }
  }

  /// What drops probes is placed by its connection's TTL.
  @Test func silentAddressesArePlacedByTheirSYN() async throws {
    let hosts = Self.nodes(Landscape.everything).filter { ["h14", "q1"].contains($0.host.name) }
    let outcome = try await NetworkLab(core: Landscape.everything)
      .join(hosts, at: Landscape.central)
    try Self.check(outcome, hosts, keys: Landscape.keys)
    #expect(outcome.placements.values.allSatisfy { $0.answeredAt == nil })
    #expect(outcome.placements["h14"]?.synTTL == 62)
    #expect(outcome.placements["q1"]?.synTTL == 61)
  }

  /// Routers answer six probes and then one a second, as they do everywhere.
  @Test func fortyHostsAtOnceGetTheirBands() async throws {
    let hosts = Self.nodes(Landscape.crowd)
    #expect(hosts.count == 40)
    let outcome = try await NetworkLab(core: Landscape.crowd, answersWithoutLimit: false)
      .join(hosts, at: Landscape.central)
    try Self.check(outcome, hosts, keys: Landscape.crowdKeys)
  }

  /// In a namespace with nothing but its loopback: no route, no descriptors, a firewall.
  @Test func whatForbidsATraceIsSaid() async throws {
    let probe = "'\(NetworkLab.probe)' trace"
    let result = try await LabShell.run(
      line: """
        ip link set lo up && \(probe) 127.0.0.1 && \(probe) 198.18.0.1 && \(probe) 2001:db8::1 \
        && (ulimit -n 16 && \(probe) 127.0.0.1) \
        && nft 'table inet f { chain o { type filter hook output priority 0; meta l4proto udp drop; }; }' \
        && \(probe) 127.0.0.1 && \(probe) ::1
        """)
    let loopback = try #require(IPAddress("127.0.0.1"))
    let loopback6 = try #require(IPAddress("::1"))
    let far = try #require(IPAddress("198.18.0.1"))
    let far6 = try #require(IPAddress("2001:db8::1"))
    let errors: [RouteTracingError] = [
      .noRoute(to: far), .noRoute(to: far6), .outOfDescriptors,
      .refusedByFirewall(to: loopback), .refusedByFirewall(to: loopback6),
    ]
    let expected = ["127.0.0.1 answered at 1"] + errors.map(\.description)
    #expect(result.text.split(separator: "\n").map(String.init) == expected)
  }

  private static func nodes(_ core: Router) -> [Placed] {
    core.hosts.filter { $0.host.name != "central" }
  }

  /// Every host's band by name, and every pair's by comparison.
  private static func check(
    _ outcome: NetworkLab.Outcome, _ hosts: [Placed], keys: [String: String]
  ) throws {
    var found: [(expected: String, placement: NetworkLab.Placement)] = []
    for placed in hosts {
      let name = placed.host.name
      let placement = try #require(outcome.placements[name], "\(name) was not placed")
      let expected = try #require(keys[placed.host.band])
      #expect(
        placement.band.description == expected, "\(name): \(placement.path) \(placement.reasons)")
      found.append((expected, placement))
    }
    for (index, first) in found.enumerated() {
      for second in found[(index + 1)...] {
        let areTogether = first.placement.band == second.placement.band
        #expect(
          areTogether == (first.expected == second.expected),
          "\(first.placement.name) and \(second.placement.name)")
      }
    }
  }

  private static func checkForward(
    _ outcome: NetworkLab.Outcome, _ hosts: [Placed], expected: (Placed) -> [String?]
  ) {
    for placed in hosts {
      let route = outcome.forward[placed.host.name]
      let path = expected(placed).map { $0.flatMap { IPAddress($0) } }
      #expect(
        route?.path.hops.map(\.address) == path, "\(placed.host.name)")
      #expect(route?.answeredAt == path.count + 1, "\(placed.host.name)")
      #expect(route?.roundTrip != nil)
    }
  }
}
