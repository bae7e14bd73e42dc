/// Says which tunnel somebody opens: drawn by who waits for it, used once.
public struct TunnelToken: Hashable, Sendable, CustomStringConvertible {
  /// 32 digits from 0 to f.
  public let text: String

  /// Draws one that nobody can guess.
  public init() {
    var chance = SystemRandomNumberGenerator()
    text = [chance.next(), chance.next()].map { (part: UInt64) in
      let digits = String(part, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// - Returns: nil for what is no token.
  public init?(_ text: some StringProtocol) {
    let isToken =
      text.utf8.count == 32
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    guard isToken else { return nil }
    self.text = String(text)
  }

  public var description: String { text }
}

extension TunnelToken: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let token = TunnelToken(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a token")
    }
    self = token
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
