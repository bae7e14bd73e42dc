import Foundation
import RouterBands

/// Blocking TCP for both families, each wait bounded by the life of the process.
enum TCPSocket {
  /// - Returns: a socket that listens on every address of both families.
  static func listening(on port: UInt16) throws -> CInt {
    let descriptor = try opened(AF_INET6)
    var off: CInt = 0
    var on: CInt = 1
    setsockopt(descriptor, 41, IPV6_V6ONLY, &off, 4)
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = port.bigEndian
    let bound = withGeneric(&address) { bind(descriptor, $0, $1) }
    guard bound == 0, listen(descriptor, 256) == 0 else { throw ProbeFailure(call: "listen") }
    return descriptor
  }

  /// - Returns: nil while nobody listens there yet.
  static func connected(to peer: IPAddress, port: UInt16) throws -> CInt? {
    let descriptor: CInt
    let result: CInt
    switch peer {
    case .ipv4(let peer):
      descriptor = try opened(AF_INET)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = peer.bits.bigEndian
      result = withGeneric(&address) { connect(descriptor, $0, $1) }
    case .ipv6(let peer):
      descriptor = try opened(AF_INET6)
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      withUnsafeMutableBytes(of: &address.sin6_addr) {
        $0.storeBytes(of: peer.bits.bigEndian, as: UInt128.self)
      }
      result = withGeneric(&address) { connect(descriptor, $0, $1) }
    }
    if result == 0 { return descriptor }
    let isEarly = errno == ECONNREFUSED
    defer { close(descriptor) }
    guard isEarly else { throw ProbeFailure(call: "connect to \(peer)") }
    return nil
  }

  static func accepted(from listening: CInt) throws -> (descriptor: CInt, peer: IPAddress) {
    let descriptor = accept(listening, nil, nil)
    guard descriptor >= 0 else { throw ProbeFailure(call: "accept") }
    return (descriptor, try address(of: descriptor, getpeername))
  }

  static func localAddress(of descriptor: CInt) throws -> IPAddress {
    try address(of: descriptor, getsockname)
  }

  static func readLine(from descriptor: CInt) throws -> Data {
    var data = Data()
    var byte: UInt8 = 0
    while data.count < 65536 {
      guard read(descriptor, &byte, 1) == 1 else { throw ProbeFailure(call: "read") }
      if byte == UInt8(ascii: "\n") { return data }
      data.append(byte)
    }
    throw ProbeFailure("the claim has no end")
  }

  private static func opened(_ family: CInt) throws -> CInt {
    let descriptor = socket(family, CInt(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw ProbeFailure(call: "socket") }
    return descriptor
  }

  private static func withGeneric<Value>(
    _ value: inout Value, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
  ) -> CInt {
    withUnsafePointer(to: &value) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<Value>.size))
      }
    }
  }

  private static func address(
    of descriptor: CInt,
    _ ask: (CInt, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt
  ) throws -> IPAddress {
    var address = sockaddr_in6()
    var size = socklen_t(MemoryLayout.size(ofValue: address))
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(descriptor, $0, &size) }
    }
    guard result == 0 else { throw ProbeFailure(call: "address") }
    if address.sin6_family == sa_family_t(AF_INET) {
      return withUnsafeBytes(of: &address) {
        .ipv4(IPv4Address(bits: UInt32(bigEndian: $0.load(fromByteOffset: 4, as: UInt32.self))))
      }
    }
    return withUnsafeBytes(of: &address.sin6_addr) {
      IPAddress(IPv6Address(bits: UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self))))
    }
  }
}
