/// A range of addresses in CIDR notation. The bits behind the prefix are zero.
public struct IPPrefix: Hashable, Sendable {
  public let address: IPAddress
  /// 0 to 32 for IPv4, 0 to 128 for IPv6.
  public let length: Int

  /// The prefix that holds `address`; a length outside the family's range is brought into it.
  public init(_ address: IPAddress, length: Int) {
    let length = max(0, min(length, address.bitWidth))
    self.length = length
    self.address = address.masked(to: length)
  }

  /// Reads `10.0.0.0/8`; an address alone is a prefix of full length.
  ///
  /// - Returns: nil for anything else. Set bits behind the prefix are a mistake worth showing, so
  ///   `10.0.0.1/8` is nil too.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(parts[0]) else { return nil }
    var length = address.bitWidth
    if parts.count == 2 {
      guard let given = Int(parts[1]), String(given) == parts[1],
        (0...address.bitWidth).contains(given)
      else { return nil }
      length = given
    }
    guard address.masked(to: length) == address else { return nil }
    self.init(address, length: length)
  }

  /// False for an address of the other family.
  public func contains(_ other: IPAddress) -> Bool {
    other.bitWidth == address.bitWidth && other.masked(to: length) == address
  }
}

extension IPPrefix: CustomStringConvertible {
  public var description: String { "\(address)/\(length)" }
}

extension IPPrefix: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let prefix = IPPrefix(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\"\(text)\" is no range such as 10.0.0.0/8.")
    }
    self = prefix
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension IPAddress {
  /// This address with all but the first `length` bits zero.
  fileprivate func masked(to length: Int) -> IPAddress {
    switch self {
    // Shifting by the full width gives zero: Swift's `<<` never wraps around.
    case .ipv4(let address): .ipv4(IPv4Address(bits: address.bits & (UInt32.max << (32 - length))))
    case .ipv6(let address):
      .ipv6(IPv6Address(bits: address.bits & (UInt128.max << (128 - length))))
    }
  }
}
