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
    return TracedRoute(
      destination: address,
      path: RouterPath([Hop(.ipv4(core)), Hop(.ipv4(bandRouter(of: address4)))]), answeredAt: 3)
  }

  private static let core = IPv4Address(bits: 0xC611_0001)

  private static func bandRouter(of address: IPv4Address) -> IPv4Address {
    IPv4Address(bits: 0xC612_0000 + (address.bits >> 8) & 0xFFFF)
  }

  /// The route where distances matter: eight bands are a district, eight districts a city, eight
  /// cities a region, each with a router on the way and the time that it takes.
  ///
  /// - Parameter seed: draws the times, the same for the same router.
  static func layeredRoute(to address: IPAddress, seed: UInt64) -> TracedRoute {
    guard case .ipv4(let address4) = address else { return TracedRoute(destination: address) }
    let band = Int((address4.bits >> 8) & 0xFFFF)
    var time = Duration.microseconds(200)
    var hops = [Hop(.ipv4(core), roundTrip: time)]
    for layer in layers {
      let number = band / layer.bands
      var generator = SplitMix(state: seed &+ UInt64(layer.base) &+ UInt64(number))
      // The first number of a small state is much like the next state's.
      _ = generator.next()
      time += .microseconds(generator.number(in: layer.microseconds))
      hops.append(
        Hop(.ipv4(IPv4Address(bits: layer.base + UInt32(number))), roundTrip: time))
    }
    return TracedRoute(
      destination: address, path: RouterPath(hops), answeredAt: hops.count + 1)
  }

  private struct Layer {
    /// How many bands are behind one of its routers.
    let bands: Int
    /// Its routers' first address.
    let base: UInt32
    /// Round trips from the router before.
    let microseconds: ClosedRange<Int>
  }

  private static let layers = [
    Layer(bands: 512, base: 0xC615_0000, microseconds: 4_000...40_000),
    Layer(bands: 64, base: 0xC614_0000, microseconds: 1_000...8_000),
    Layer(bands: 8, base: 0xC613_0000, microseconds: 500...3_000),
    Layer(bands: 1, base: 0xC612_0000, microseconds: 200...2_000),
  ]
}
