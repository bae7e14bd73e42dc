import RouterBands

/// Cuts virtual servers that are ordered by nearness into rings, one after the other, so that only
/// those that a search comes to cost anything.
struct RingPlan: Sendable {
  /// Nearest first.
  let servers: ArraySlice<CascadeServer>
  let width: Int
  private(set) var ring = -1

  /// - Parameter servers: nearest first.
  init(_ servers: [CascadeServer], scope: SearchScope, width: Int) {
    self.width = max(1, width)
    let end =
      switch scope {
      case .group: Self.firstIndex(in: servers) { $0.nearness.relation > .ownGroup }
      case .band: Self.firstIndex(in: servers) { $0.nearness.relation > .sameBand }
      case .nearest, .everywhere: servers.count
      }
    self.servers = servers[..<end]
    rest = self.servers
  }

  private var rest: ArraySlice<CascadeServer>

  var restCount: Int { rest.count }

  /// The next ring: one's own group, then the others of the band, then those that are about as far.
  ///
  /// - Returns: nil when there is none.
  mutating func next() -> (ring: Int, servers: ArraySlice<CascadeServer>)? {
    guard let first = rest.first else { return nil }
    let distance = RingDistance(first.nearness)
    let ring = rest.prefix(width).prefix { RingDistance($0.nearness) == distance }
    rest = rest.dropFirst(ring.count)
    // Numbers 0 and 1 are the own group's and the band's, also where one of them is empty.
    let lowest = min(first.nearness.relation.rawValue, 2)
    self.ring = max(self.ring + 1, lowest)
    return (self.ring, ring)
  }

  private static func firstIndex(
    in servers: [CascadeServer], where isBeyond: (CascadeServer) -> Bool
  ) -> Int {
    var low = 0
    var high = servers.count
    while low < high {
      let middle = (low + high) / 2
      if isBeyond(servers[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// What virtual servers of one ring share: the relation, and a round trip that differs by no more
/// than a factor of two; hops where no round trip is known.
private struct RingDistance: Equatable {
  /// Steps of 10 % that make about a factor of two.
  private static let stepsOfDoubling = 7
  /// Round trips of up to a millisecond are all near: 73 steps of 10 % above a microsecond.
  private static let nearestBucket = 73

  let relation: Nearness.Relation
  let doubling: Int
  let hops: Int

  init(_ nearness: Nearness) {
    relation = nearness.relation
    guard relation == .otherBand else {
      (doubling, hops) = (0, 0)
      return
    }
    if let bucket = nearness.bucket {
      doubling =
        max(0, bucket - Self.nearestBucket + Self.stepsOfDoubling - 1)
        / Self.stepsOfDoubling
      hops = 0
    } else {
      doubling = .max
      hops = nearness.hops
    }
  }
}
