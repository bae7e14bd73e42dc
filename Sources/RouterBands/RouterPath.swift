/// What one position of a traced path showed.
public struct Hop: Hashable, Sendable, Codable {
  /// Nil: nobody answered there. A silent hop equals nothing, another silent hop neither.
  public var address: IPAddress?
  /// The smallest round trip measured from where the trace began.
  public var roundTrip: Duration?

  public init(_ address: IPAddress?, roundTrip: Duration? = nil) {
    self.address = address
    self.roundTrip = roundTrip
  }

  public static let silent = Hop(nil)
}

extension Hop: CustomStringConvertible {
  public var description: String { address?.description ?? "*" }
}

/// The routers on the way to somewhere, the tracer's neighbour first, without the destination.
public struct RouterPath: Hashable, Sendable, Codable {
  public var hops: [Hop]

  public init(_ hops: [Hop] = []) {
    self.hops = hops
  }

  /// How many of its hops answered.
  public var answerCount: Int { hops.count { $0.address != nil } }

  /// The position of the last hop that answered, counted from 1; 0 if none did.
  public var deepestAnswer: Int { (hops.lastIndex { $0.address != nil } ?? -1) + 1 }

  /// What two traces of the same way say together: where they agree or only one answered, the
  /// smaller round trip of each hop.
  ///
  /// - Returns: the path with more answers where the two contradict, `self` if they have as many.
  public func merged(with other: RouterPath) -> RouterPath {
    let agrees =
      hops.count == other.hops.count
      && zip(hops, other.hops).allSatisfy {
        $0.address == nil || $1.address == nil || $0.address == $1.address
      }
    guard agrees else { return other.answerCount > answerCount ? other : self }
    return RouterPath(
      zip(hops, other.hops).map { mine, theirs in
        Hop(
          mine.address ?? theirs.address,
          roundTrip: [mine.roundTrip, theirs.roundTrip].compactMap { $0 }.min())
      })
  }
}

extension RouterPath: CustomStringConvertible {
  /// `198.18.0.1 * 198.18.101.2`
  public var description: String { hops.map(\.description).joined(separator: " ") }
}
