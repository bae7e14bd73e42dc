/// What an administrator may set about bands.
public struct BandRules: Hashable, Sendable, Codable {
  /// The smallest and largest prefix that makes sense as a site's.
  public static let ipv6PrefixLengths = 16...64

  /// Overrides of rule 1: the name of each range's band.
  public private(set) var overrides: [IPPrefix: String]

  /// How much of an IPv6 address names its band.
  public let ipv6PrefixLength: Int

  /// - Throws: ``BandRulesError`` for a name or length that cannot be; nothing is dropped silently.
  public init(overrides: [IPPrefix: String] = [:], ipv6PrefixLength: Int = 48)
    throws(BandRulesError)
  {
    for (range, name) in overrides where !BandKey.isName(name) {
      throw .badName(name, range: range)
    }
    guard Self.ipv6PrefixLengths.contains(ipv6PrefixLength) else {
      throw .badPrefixLength(ipv6PrefixLength)
    }
    self.overrides = overrides
    self.ipv6PrefixLength = ipv6PrefixLength
  }

  private init() {
    overrides = [:]
    ipv6PrefixLength = 48
  }

  /// No override, /48 for IPv6.
  public static let standard = BandRules()

  /// The override with the longest prefix that holds `address`.
  public func override(for address: IPAddress) -> (range: IPPrefix, name: String)? {
    // One look-up a length instead of a walk through all overrides: they may be many.
    for length in stride(from: address.bitWidth, through: 0, by: -1) {
      let range = IPPrefix(address, length: length)
      if let name = overrides[range] { return (range, name) }
    }
    return nil
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      overrides: container.decode([IPPrefix: String].self, forKey: .overrides),
      ipv6PrefixLength: container.decode(Int.self, forKey: .ipv6PrefixLength))
  }
}

/// Why band rules were refused.
public enum BandRulesError: Error, Hashable, Sendable, CustomStringConvertible {
  case badName(String, range: IPPrefix)
  case badPrefixLength(Int)

  public var description: String {
    switch self {
    case .badName(let name, let range):
      "The band name \"\(name)\" for \(range) cannot be used. Take 1 to 64 letters, digits, '-', '_' or '.'."
    case .badPrefixLength(let length):
      "An IPv6 band cannot be a /\(length). Take a length from \(BandRules.ipv6PrefixLengths.lowerBound) to \(BandRules.ipv6PrefixLengths.upperBound); 48 is usual."
    }
  }
}
