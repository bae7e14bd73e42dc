import Crypto
import Foundation
import Placement

/// What is stored of an invitation's token: who reads the table cannot use it.
public struct InvitationHash: Hashable, Sendable, CustomStringConvertible {
  /// The SHA-256 of the token in hexadecimal digits.
  public let text: String

  public init(of token: InvitationToken) {
    text = SHA256.hash(data: Data(token.text.utf8)).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  /// As it was stored.
  public init(stored text: String) {
    self.text = text
  }

  public var description: String { text }
}

/// What an invited person types in: shown once, never stored.
public struct InvitationToken: Hashable, Sendable {
  public let text: String

  /// Takes what somebody typed; capitals, spaces and dashes do not count.
  public init(typed text: some StringProtocol) {
    self.text = String(
      String.UnicodeScalarView(
        text.lowercased().unicodeScalars.filter { $0 != "-" && !$0.properties.isWhitespace }))
  }

  /// A new one, of more than 128 random bits.
  public static func random(using generator: inout some RandomNumberGenerator) -> InvitationToken {
    // Without what looks alike: 0 and o, 1 and l and i.
    let letters = Array("abcdefghjkmnpqrstuvwxyz23456789"[...])
    return InvitationToken(
      typed: String((0..<27).map { _ in letters.randomElement(using: &generator) ?? "a" }))
  }

  /// With dashes, as people read it: `abcde-fghij-…`.
  public var grouped: String {
    stride(from: 0, to: text.count, by: 5).map { start in
      String(text.dropFirst(start).prefix(5))
    }.joined(separator: "-")
  }
}

/// Who has its token may register, so often and until then.
public struct Invitation: Hashable, Sendable {
  public var hash: InvitationHash
  public var usesLeft: Int
  public var created: Moment
  public var expires: Moment

  public init(hash: InvitationHash, usesLeft: Int, created: Moment, expires: Moment) {
    self.hash = hash
    self.usesLeft = usesLeft
    self.created = created
    self.expires = expires
  }

  public func isUsable(at time: Moment) -> Bool { usesLeft > 0 && time < expires }
}
