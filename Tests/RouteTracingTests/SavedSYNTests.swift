import Glibc
import RouterBands
import Testing

@testable import RouteTracing

@Suite struct SavedSYNTests {
  private static let header4: [UInt8] =
    [0x45, 0, 0, 60, 0, 0, 0x40, 0, 61, 6, 0, 0, 198, 18, 1, 11, 198, 18, 0, 2]
  private static let header6: [UInt8] =
    [0x60, 0, 0, 0, 0, 40, 6, 59]
    + [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7]
    + [UInt8](repeating: 0, count: 15) + [1]

  @Test func ipv4() throws {
    let syn = try #require(SavedSYN(headers: Self.header4 + [1, 2, 3]))
    #expect(syn.timeToLive == 61)
    #expect(syn.source == IPAddress("198.18.1.11"))
    #expect(syn.destination == IPAddress("198.18.0.2"))
  }

  @Test func ipv6() throws {
    let syn = try #require(SavedSYN(headers: Self.header6))
    #expect(syn.timeToLive == 59)
    #expect(syn.source == IPAddress("2001:db8::7"))
    #expect(syn.destination == IPAddress("::1"))
  }

  @Test func cutHeadersAreNone() {
    for count in Self.header4.indices {
      #expect(SavedSYN(headers: Self.header4.prefix(count)) == nil)
    }
    for count in Self.header6.indices {
      #expect(SavedSYN(headers: Self.header6.prefix(count)) == nil)
    }
  }

  @Test func impossibleHeadersAreNone() {
    // A header shorter than the shortest, one longer than what came, UDP, other versions.
    for (index, value) in [(0, 0x44), (0, 0x46), (9, 17), (0, 0x05), (0, 0xF5)] {
      var bytes = Self.header4
      bytes[index] = UInt8(value)
      #expect(SavedSYN(headers: bytes) == nil)
    }
  }

  /// A connection over loopback arrives with the TTL that systems begin with, and is told once.
  @Test(arguments: [Loopback.ipv4, .ipv6])
  func aRealConnection(_ loopback: Loopback) throws {
    let connection = try loopback.connection { try SavedSYN.keep(onListening: $0) }
    defer { connection.close() }
    let syn = try #require(try SavedSYN.read(fromAccepted: connection.accepted))
    #expect([64, 128, 255].contains(syn.timeToLive))
    #expect(syn.source == loopback.address)
    #expect(syn.destination == loopback.address)
    #expect(try SavedSYN.read(fromAccepted: connection.accepted) == nil)
  }

  @Test func aConnectionThatKeptNothing() throws {
    let connection = try Loopback.ipv4.connection { _ in }
    defer { connection.close() }
    #expect(try SavedSYN.read(fromAccepted: connection.accepted) == nil)
  }

  @Test func whatIsNoConnectionIsAnError() {
    #expect(throws: RouteTracingError.system(call: "TCP_SAVED_SYN", code: EBADF)) {
      try SavedSYN.read(fromAccepted: -1)
    }
    #expect(throws: RouteTracingError.system(call: "TCP_SAVE_SYN", code: EBADF)) {
      try SavedSYN.keep(onListening: -1)
    }
  }
}

/// TCP from this machine to itself.
enum Loopback: Sendable {
  case ipv4
  case ipv6

  struct Connection {
    var listening: CInt
    var connected: CInt
    var accepted: CInt

    func close() {
      for descriptor in [accepted, connected, listening] { _ = Glibc.close(descriptor) }
    }
  }

  var address: IPAddress { IPAddress(self == .ipv4 ? "127.0.0.1" : "::1")! }

  /// - Parameter prepare: is given the listening socket before anybody connects.
  func connection(_ prepare: (CInt) throws -> Void) throws -> Connection {
    let family = self == .ipv4 ? AF_INET : AF_INET6
    let kind = CInt(SOCK_STREAM.rawValue)
    let listening = socket(family, kind, 0)
    let bound = address.withSocketAddress(port: 0) { bind(listening, $0, $1) }
    try #require(bound == 0 && listen(listening, 1) == 0)
    try prepare(listening)
    // Large enough for either family's address, and aligned for it.
    var name = sockaddr_in6()
    var size = socklen_t(MemoryLayout.size(ofValue: name))
    let named = withUnsafeMutablePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listening, $0, &size) }
    }
    try #require(named == 0)
    // The port stands at the same place for both families.
    let port = in_port_t(bigEndian: name.sin6_port)
    let connected = socket(family, kind, 0)
    let result = address.withSocketAddress(port: port) { connect(connected, $0, $1) }
    try #require(result == 0)
    let accepted = accept(listening, nil, nil)
    try #require(accepted >= 0)
    return Connection(listening: listening, connected: connected, accepted: accepted)
  }
}
