import Foundation

/// A password as somebody typed it, fit to be kept. It has no description that shows it.
public struct Password: Sendable {
  public static let shortest = 10
  public static let longestByteCount = 1000
  static let fewestDifferent = 5

  /// What is hashed: NFC, so that the same keys on another machine give the same bytes.
  let bytes: [UInt8]
  private let folded: String
  private let scalars: [Unicode.Scalar]

  static let empty = Password()

  private init() {
    bytes = []
    folded = ""
    scalars = []
  }

  /// Takes a password to compare with a stored one.
  ///
  /// - Returns: nil if it is longer than any that was ever taken.
  public init?(_ text: String) {
    guard text.utf8.count <= Self.longestByteCount * 3 else { return nil }
    let normalized = text.precomposedStringWithCanonicalMapping
    bytes = Array(normalized.utf8)
    guard bytes.count <= Self.longestByteCount else { return nil }
    folded = UserIdentifier.fold(normalized)
    scalars = Array(normalized.unicodeScalars)
  }

  /// Takes a new password of a user.
  ///
  /// - Throws: ``PasswordError``; tell the user its text.
  public init(new text: String, of identifier: UserIdentifier) throws(PasswordError) {
    guard let password = Password(text) else { throw .tooLong }
    self = password
    guard scalars.count >= Self.shortest else { throw .tooShort }
    guard !scalars.contains(where: { $0.properties.generalCategory == .control }) else {
      throw .controlCharacter
    }
    guard Set(scalars).count >= Self.fewestDifferent else { throw .tooUniform }
    // What is left beside the id must be a password of its own.
    let rest = folded.replacing(identifier.folded, with: "")
    guard rest.unicodeScalars.count >= Self.shortest || rest == folded else {
      throw .containsIdentifier
    }
  }
}

/// Why a password was not taken.
public enum PasswordError: Error, Hashable, Sendable, CustomStringConvertible {
  case tooShort
  case tooLong
  case tooUniform
  case containsIdentifier
  case controlCharacter

  public var description: String {
    switch self {
    case .tooShort: "A password needs \(Password.shortest) characters. A few words will do."
    case .tooLong: "A password can have \(Password.longestByteCount) bytes at most."
    case .tooUniform: "A password needs \(Password.fewestDifferent) different characters."
    case .containsIdentifier: "A password must not be made of the user id."
    case .controlCharacter: "A password cannot have control characters in it, such as a tab."
    }
  }
}
