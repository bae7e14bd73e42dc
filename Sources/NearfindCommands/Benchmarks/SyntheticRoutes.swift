import RouteTracing
import RouterBands

/// A network for benchmarks: one router for all, behind it one for each band.
enum SyntheticRoutes {
  /// - Parameters:
  ///   - band: below 60,000.
  ///   - place: in the band, below 250.
  static func address(band: Int, place: Int) -> IPAddress {
    .ipv4(IPv4Address(bits: 0x1400_0000 + UInt32(band) << 8 + UInt32(place + 1)))
  }

  static func route(to address: IPAddress) -> TracedRoute {
    guard case .ipv4(let address4) = address else { return TracedRoute(destination: address) }
    let router = IPv4Address(bits: 0xC612_0000 + (address4.bits >> 8) & 0xFFFF)
    return TracedRoute(
      destination: address,
      path: RouterPath([Hop(.ipv4(IPv4Address(bits: 0xC611_0001))), Hop(.ipv4(router))]),
      answeredAt: 3)
  }
}
