/// An address of either family. An IPv4 address mapped into IPv6 is always the IPv4 one, so that a
/// node has one address whichever socket sees it.
public enum IPAddress: Hashable, Sendable, Comparable {
  case ipv4(IPv4Address)
  case ipv6(IPv6Address)

  public init(_ address: IPv6Address) {
    self = address.mappedIPv4.map(IPAddress.ipv4) ?? .ipv6(address)
  }

  /// - Returns: nil unless `text` is an address of either family.
  public init?(_ text: some StringProtocol) {
    if let address = IPv4Address(text) {
      self = .ipv4(address)
    } else if let address = IPv6Address(text) {
      self.init(address)
    } else {
      return nil
    }
  }

  public var bitWidth: Int {
    switch self {
    case .ipv4: 32
    case .ipv6: 128
    }
  }

  /// Every IPv4 address before every IPv6 address, each by number.
  public static func < (left: IPAddress, right: IPAddress) -> Bool {
    switch (left, right) {
    case (.ipv4(let left), .ipv4(let right)): left < right
    case (.ipv6(let left), .ipv6(let right)): left < right
    case (.ipv4, .ipv6): true
    case (.ipv6, .ipv4): false
    }
  }
}

extension IPAddress: CustomStringConvertible {
  public var description: String {
    switch self {
    case .ipv4(let address): address.description
    case .ipv6(let address): address.description
    }
  }
}

extension IPAddress: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let address = IPAddress(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\"\(text)\" is no IP address.")
    }
    self = address
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
