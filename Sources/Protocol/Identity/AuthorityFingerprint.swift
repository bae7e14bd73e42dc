import Crypto

/// What tells one certificate authority from another: SHA-256 of its certificate's DER.
///
/// Printed in Crockford's base 32, which has no I, L, O or U, in thirteen groups of four:
/// `4HTR-9D2K-…`. People compare and type that. Reading is lenient: upper or lower case, any of
/// space, hyphen and colon between or nothing, O for 0, I and L for 1; and the 64 hexadecimal digits
/// that `openssl x509 -fingerprint -sha256` prints, with or without `sha256 Fingerprint=`.
public struct AuthorityFingerprint: Hashable, Sendable, CustomStringConvertible {
  /// 32 bytes.
  public let bytes: [UInt8]

  public init(certificateDER: some Sequence<UInt8>) {
    bytes = Array(SHA256.hash(data: Array(certificateDER)))
  }

  /// - Returns: nil unless `text` holds all of a fingerprint and nothing else.
  public init?(_ text: String) {
    let marked = text.split(separator: "=", omittingEmptySubsequences: false)
    if marked.count == 2 {
      guard marked[0].lowercased().filter(\.isLetter) == "shafingerprint" else { return nil }
    }
    guard marked.count <= 2, let value = marked.last else { return nil }
    let characters = value.uppercased().filter { !" -:\n\t".contains($0) }
    let bytes = characters.count == 64 ? Self.fromHexadecimal(characters) : Self.from32(characters)
    guard let bytes else { return nil }
    self.bytes = bytes
  }

  public var description: String {
    var characters: [Character] = []
    var held: UInt32 = 0
    var bitCount = 0
    for byte in bytes {
      held = held << 8 | UInt32(byte)
      bitCount += 8
      while bitCount >= 5 {
        bitCount -= 5
        characters.append(Self.digits[Int(held >> bitCount & 31)])
      }
    }
    characters.append(Self.digits[Int(held << (5 - bitCount) & 31)])
    return stride(from: 0, to: characters.count, by: 4)
      .map { String(characters[$0..<min($0 + 4, characters.count)]) }
      .joined(separator: "-")
  }

  private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

  private static func from32(_ text: String) -> [UInt8]? {
    guard text.count == 52 else { return nil }
    var bytes: [UInt8] = []
    var held: UInt32 = 0
    var bitCount = 0
    for character in text {
      let meant: Character =
        switch character {
        case "O": "0"
        case "I", "L": "1"
        default: character
        }
      guard let value = digits.firstIndex(of: meant) else { return nil }
      held = held << 5 | UInt32(value)
      bitCount += 5
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: held >> bitCount))
      }
    }
    // 52 digits hold four bits more than 32 bytes; other than zero they are a typing error.
    return held & 15 == 0 ? bytes : nil
  }

  private static func fromHexadecimal(_ text: String) -> [UInt8]? {
    let values = text.compactMap(\.hexDigitValue)
    guard values.count == 64 else { return nil }
    return stride(from: 0, to: 64, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
  }
}

extension AuthorityFingerprint: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let fingerprint = AuthorityFingerprint(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "This is no fingerprint.")
    }
    self = fingerprint
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
