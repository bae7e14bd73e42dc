/// A router band's name: the same for two nodes exactly if they are in one band.
public enum BandKey: Hashable, Sendable {
  /// `m:<name>`: an administrator's override.
  case named(String)
  /// `r:<address>`: the upper-level router.
  case router(IPv4Address)
  /// `4:<prefix>` or `6:<prefix>`: the network, where no router can be named.
  case network(IPPrefix)

  /// - Returns: nil unless `text` is what ``description`` writes.
  public init?(_ text: some StringProtocol) {
    let value = text.dropFirst(2)
    switch text.prefix(2) {
    case "m:":
      guard BandKey.isName(value) else { return nil }
      self = .named(String(value))
    case "r:":
      guard let address = IPv4Address(value) else { return nil }
      self = .router(address)
    case "4:", "6:":
      guard let prefix = IPPrefix(value), prefix.address.bitWidth == (text.first == "4" ? 32 : 128)
      else { return nil }
      self = .network(prefix)
    default:
      return nil
    }
  }

  /// Whether an override may be called so: 1 to 64 letters, digits, `-`, `_` or `.`.
  public static func isName(_ text: some StringProtocol) -> Bool {
    (1...64).contains(text.count)
      && text.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
  }

  /// The table column `router_ip`: the upper-level router where there is one, else the network's
  /// first address, empty for an override.
  public var routerAddress: String {
    switch self {
    case .named: ""
    case .router(let address): address.description
    case .network(let prefix): prefix.address.description
    }
  }
}

extension BandKey: CustomStringConvertible {
  public var description: String {
    switch self {
    case .named(let name): "m:\(name)"
    case .router(let address): "r:\(address)"
    case .network(let prefix): "\(prefix.address.bitWidth == 32 ? 4 : 6):\(prefix)"
    }
  }
}

extension BandKey: Comparable {
  public static func < (left: BandKey, right: BandKey) -> Bool {
    left.description < right.description
  }
}

extension BandKey: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let key = BandKey(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\"\(text)\" is no router band's key.")
    }
    self = key
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
