import Protocol
import Testing

@testable import Node

/// Where a virtual server can send its nodes, and how many callers a node serves.
@Suite struct CallBackRuleTests {
  private static let outside = ["203.0.113.7", "2001:db8::7", "server.example", ""]
  private static let inside = ["192.168.1.2", "10.0.0.2", "fd00::2"]
  private static let here = ["127.0.0.1", "::1"]

  @Test(arguments: ["198.18.3.1", "8.8.8.8", "2001:db8::1", "::ffff:8.8.8.8"])
  func addressesOfTheInternetAreAllowed(target: String) {
    for server in Self.outside + Self.inside + Self.here {
      #expect(CallBackRule.allows(target, from: server), "\(server)")
    }
  }

  @Test(arguments: [
    "10.0.0.1", "172.16.0.1", "172.31.255.1", "192.168.0.1", "100.64.0.1", "fd12::1",
    "::ffff:192.168.0.1",
  ])
  func privateAddressesAreOnlyFromPrivateOnes(target: String) {
    for server in Self.inside + Self.here {
      #expect(CallBackRule.allows(target, from: server), "\(server)")
    }
    for server in Self.outside { #expect(!CallBackRule.allows(target, from: server), "\(server)") }
  }

  @Test(arguments: ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
  func thisMachineIsOnlyFromThisMachine(target: String) {
    for server in Self.here { #expect(CallBackRule.allows(target, from: server), "\(server)") }
    for server in Self.outside + Self.inside {
      #expect(!CallBackRule.allows(target, from: server), "\(server)")
    }
  }

  @Test(arguments: [
    "0.0.0.0", "0.1.2.3", "::", "169.254.1.1", "fe80::1", "fe80::1%eth0", "224.0.0.1",
    "255.255.255.255", "ff02::1", "localhost", "printer.local", "8.8.8.8.example", "2130706433",
    "0x7f.1", "127.1", "", " 8.8.8.8", "[::1]", "/tmp/socket",
  ])
  func allElseIsRefused(target: String) {
    for server in Self.outside + Self.inside + Self.here {
      #expect(!CallBackRule.allows(target, from: server), "\(server)")
    }
  }

  @Test func noUserTakesAllPlaces() throws {
    var places = TunnelPlaces(limit: 3, limitPerUser: 2)
    let (ann, bob, cat) = (try PeerName("ann"), try PeerName("bob"), try PeerName("cat"))
    for _ in 0..<2 { try places.take(for: ann) }
    #expect(throws: TunnelPlaces.Refusal.fullForUser(limit: 2)) { try places.take(for: ann) }
    try places.take(for: bob)
    #expect(throws: TunnelPlaces.Refusal.full(limit: 3)) { try places.take(for: cat) }
    places.leave(ann)
    places.leave(cat)
    try places.take(for: ann)
    places.leave(bob)
    try places.take(for: cat)
    #expect(throws: TunnelPlaces.Refusal.full(limit: 3)) { try places.take(for: bob) }
  }
}
