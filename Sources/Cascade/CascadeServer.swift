public import RouterBands

/// Names one virtual server in a search: the number of the group that it serves.
public struct ServerIdentifier: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
  public let number: UInt64

  public init(_ number: UInt64) {
    self.number = number
  }

  public init(from decoder: any Decoder) throws {
    number = try decoder.singleValueContainer().decode(UInt64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(number)
  }

  /// As in ``SearchModel/Completeness``.
  public var description: String { String(number) }

  public static func < (left: ServerIdentifier, right: ServerIdentifier) -> Bool {
    left.number < right.number
  }
}

/// A virtual server as a coordinator knows it.
public struct CascadeServer: Hashable, Sendable {
  public let identifier: ServerIdentifier
  public let nearness: Nearness

  public init(_ identifier: ServerIdentifier, nearness: Nearness) {
    self.identifier = identifier
    self.nearness = nearness
  }
}

/// What is known of a virtual server before it is asked.
public struct Foreknowledge: Sendable {
  /// How long ago the filter of its terms was right that proves that none of its records matches;
  /// nil where nothing proves it.
  public var proofAge: Duration?
  /// Whether it did not answer a moment ago, so that it is not worth waiting for.
  public var isUnreachable: Bool
  /// Its statistics for this query, of the last revision that was heard of.
  public var statistics: ServerStatistics?

  public init(
    proofAge: Duration? = nil, isUnreachable: Bool = false, statistics: ServerStatistics? = nil
  ) {
    self.proofAge = proofAge
    self.isUnreachable = isUnreachable
    self.statistics = statistics
  }
}
