import Dispatch
import Foundation
import RouterBands

/// The machine that a route is wanted to, as the user wrote it. The only place that decides which
/// address is meant.
struct RouteTarget: Sendable {
  enum Family: Sendable {
    case ipv4
    case ipv6

    var name: String { self == .ipv4 ? "IPv4" : "IPv6" }
  }

  /// An address or a name.
  var name: String
  /// Nil: whichever the machine prefers.
  var family: Family?

  /// - Throws: ``CommandFailure`` when there is no such address.
  func resolved() async throws(CommandFailure) -> IPAddress {
    if let literal = IPAddress(name) {
      if let family, family != literal.family {
        throw .wrongUse("\(name) is no \(family.name) address. Leave the option out.")
      }
      return literal
    }
    let answer = await withCheckedContinuation { continuation in
      // The look-up blocks, for seconds where name servers are silent.
      DispatchQueue.global().async { continuation.resume(returning: lookUp()) }
    }
    return try answer.get()
  }

  private func lookUp() -> Result<IPAddress, CommandFailure> {
    var hints = addrinfo()
    hints.ai_socktype = CInt(SOCK_DGRAM.rawValue)
    hints.ai_family =
      switch family {
      case .ipv4: AF_INET
      case .ipv6: AF_INET6
      case nil: AF_UNSPEC
      }
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(name, nil, &hints, &list)
    defer { if code == 0 { freeaddrinfo(list) } }
    guard code == 0, let first = list?.pointee.ai_addr, let address = IPAddress(first) else {
      let kind = family.map { $0.name + " address" } ?? "address"
      let reason =
        code == 0 ? "none of its addresses is usable" : String(cString: gai_strerror(code))
      return .failure(
        .failed("No \(kind) is known for \(name): \(reason). Check the name and the network."))
    }
    return .success(address)
  }
}

extension IPAddress {
  fileprivate var family: RouteTarget.Family {
    switch self {
    case .ipv4: .ipv4
    case .ipv6: .ipv6
    }
  }

  /// - Returns: nil for a family other than the two.
  fileprivate init?(_ address: UnsafePointer<sockaddr>) {
    let raw = UnsafeRawPointer(address)
    switch CInt(address.pointee.sa_family) {
    case AF_INET:
      self = .ipv4(
        IPv4Address(bits: UInt32(bigEndian: raw.load(fromByteOffset: 4, as: UInt32.self))))
    case AF_INET6:
      let bits = raw.loadUnaligned(fromByteOffset: 8, as: UInt128.self)
      self.init(IPv6Address(bits: UInt128(bigEndian: bits)))
    default:
      return nil
    }
  }
}
