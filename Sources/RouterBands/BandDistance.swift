/// How far two bands are apart.
public struct BandDistance: Hashable, Sendable, Codable {
  /// Routers to pass from one band's upper-level router to the other's; 0 within one band.
  public var hops: Int

  /// An estimate of the round trip between them; nil where a trace lacks the times for it.
  public var latency: Duration?

  public init(hops: Int, latency: Duration? = nil) {
    self.hops = hops
    self.latency = latency
  }

  public static let sameBand = BandDistance(hops: 0, latency: .zero)

  /// The distance of two different bands from their paths, both seen from the central server. It
  /// is the same in both directions.
  ///
  /// The ways part at the deepest router that both paths show, or at the central server where they
  /// share none. Of several such routers the one that makes the way shortest counts.
  public init(from first: RouterPath, to second: RouterPath) {
    var places: [IPAddress: Int] = [:]
    for (index, hop) in second.hops.enumerated() {
      if let address = hop.address { places[address] = index }
    }
    // The central server itself stands before both paths and costs no time.
    var commonEnds = (first: -1, second: -1)
    var roundTripToCommon: Duration? = .zero
    for (index, hop) in first.hops.enumerated() {
      guard let address = hop.address, let place = places[address] else { continue }
      let times = [hop.roundTrip, second.hops[place].roundTrip].compactMap { $0 }
      let isDeeper = index + place > commonEnds.first + commonEnds.second
      let isAsDeep = index + place == commonEnds.first + commonEnds.second
      // As deep, the later time makes the lower estimate: a rule without a direction.
      // An unknown time is below every time, for the same reason.
      let isLater = times.min().map { time in roundTripToCommon.map { time > $0 } ?? true } ?? false
      if isDeeper || isAsDeep && isLater {
        commonEnds = (index, place)
        roundTripToCommon = times.min()
      }
    }
    hops =
      first.hops.count - 1 - commonEnds.first + second.hops.count - 1 - commonEnds.second
    let ends = [first, second].map { $0.hops.isEmpty ? .zero : $0.hops.last?.roundTrip }
    if let firstEnd = ends[0], let secondEnd = ends[1], let common = roundTripToCommon {
      // Routers answer probes slowly at times: a router behind another may seem nearer.
      latency = max(.zero, firstEnd - common) + max(.zero, secondEnd - common)
    } else {
      latency = nil
    }
  }

  /// The distance of two bands by their keys and paths.
  public init(
    from first: (key: BandKey, path: RouterPath), to second: (key: BandKey, path: RouterPath)
  ) {
    self =
      first.key == second.key ? .sameBand : BandDistance(from: first.path, to: second.path)
  }
}
