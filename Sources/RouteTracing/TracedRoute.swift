import RouterBands

/// What probes showed of the way to an address.
public struct TracedRoute: Hashable, Sendable, Codable {
  public var destination: IPAddress

  /// The routers before the destination, the tracer's neighbour first. Where the destination
  /// answered it ends right before it, else with the last router that answered.
  public var path: RouterPath

  /// The smallest TTL that the destination itself answered; nil if it stayed silent.
  public var answeredAt: Int?

  /// The smallest round trip to the destination; nil if it stayed silent.
  public var roundTrip: Duration?

  /// A router or firewall that sent a probe back without taking it further; nil if none did.
  public var refusedBy: IPAddress?

  public init(
    destination: IPAddress, path: RouterPath = RouterPath(), answeredAt: Int? = nil,
    roundTrip: Duration? = nil, refusedBy: IPAddress? = nil
  ) {
    self.destination = destination
    self.path = path
    self.answeredAt = answeredAt
    self.roundTrip = roundTrip
    self.refusedBy = refusedBy
  }

  /// What two traces of the same way say together, the smaller round trips kept.
  ///
  /// - Returns: the one that saw more where they contradict.
  public func merged(with other: TracedRoute) -> TracedRoute {
    guard answeredAt == other.answeredAt || answeredAt == nil || other.answeredAt == nil else {
      return other.path.answerCount > path.answerCount ? other : self
    }
    let position = answeredAt ?? other.answeredAt
    let length = position.map { $0 - 1 } ?? max(path.hops.count, other.path.hops.count)
    var merged = self
    merged.path = path.resized(to: length).merged(with: other.path.resized(to: length))
    merged.answeredAt = position
    merged.roundTrip = [roundTrip, other.roundTrip].compactMap { $0 }.min()
    merged.refusedBy = refusedBy ?? other.refusedBy
    return merged
  }

  /// The positions, counted from 1, at which nobody answered.
  public var silentPositions: [Int] {
    path.hops.indices.filter { path.hops[$0].address == nil }.map { $0 + 1 }
  }

  /// This reverse trace together with what else the central server knows of a node.
  public func observation(
    claimedLocal: IPAddress? = nil, synTTL: Int? = nil, claimedPath: RouterPath = RouterPath()
  ) -> RouteObservation {
    RouteObservation(
      peer: destination, claimedLocal: claimedLocal, reversePath: path, answeredAt: answeredAt,
      synTTL: synTTL, claimedPath: claimedPath)
  }
}

extension RouterPath {
  /// The same path with this many hops: cut, or filled with silent ones.
  func resized(to count: Int) -> RouterPath {
    let missing = max(0, count - hops.count)
    return RouterPath(hops.prefix(max(0, count)) + [Hop](repeating: .silent, count: missing))
  }
}
