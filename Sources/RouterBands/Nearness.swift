/// The rank of a virtual server among others, nearest first: a value to sort by.
///
/// One's own group comes first, then the others of the same band, then the rest. Within those the
/// round trip decides, measured where possible and estimated otherwise, in buckets of 10 %, so
/// that noise does not reorder; then the hops, then the key. Each part is a total order of its own
/// value, so that the whole is one too.
public struct Nearness: Hashable, Sendable, Comparable {
  public enum Relation: Int, Hashable, Sendable, Comparable {
    case ownGroup
    case sameBand
    case otherBand

    public static func < (left: Relation, right: Relation) -> Bool {
      left.rawValue < right.rawValue
    }
  }

  public let relation: Relation
  /// Nil: nothing is known of the time, which ranks after all that is known.
  public let bucket: Int?
  public let hops: Int
  public let key: String

  /// - Parameters:
  ///   - measured: the smallest round trip measured to the virtual server; nil before the first.
  ///   - key: the virtual server's identifier, which settles what is equally near.
  public init(
    relation: Relation, measured: Duration? = nil, distance: BandDistance, key: String
  ) {
    self.relation = relation
    bucket = (measured ?? distance.latency).map(Self.bucket(of:))
    hops = distance.hops
    self.key = key
  }

  public static func < (left: Nearness, right: Nearness) -> Bool {
    let leftRank = (left.relation.rawValue, left.bucket ?? .max, left.hops, left.key)
    let rightRank = (right.relation.rawValue, right.bucket ?? .max, right.hops, right.key)
    return leftRank < rightRank
  }

  /// The number of the 10 % step in which a round trip falls: 0 for up to a microsecond.
  public static func bucket(of roundTrip: Duration) -> Int {
    let (seconds, attoseconds) = roundTrip.components
    guard seconds < 3600 else { return bounds.count }
    let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    // The first bound that is not below it.
    var low = 0
    var high = bounds.count
    while low < high {
      let middle = (low + high) / 2
      if Double(microseconds) <= bounds[middle] { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Microseconds: each bound 10 % above the one before, up to an hour. A table rather than a
  /// logarithm, so that every machine agrees about every value.
  private static let bounds: [Double] = {
    var bounds = [1.0]
    while let last = bounds.last, last < 3_600_000_000 { bounds.append(last * 1.1) }
    return bounds
  }()
}
