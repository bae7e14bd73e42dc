import Foundation

/// A user's id, the paper's `userid`, fit to be one.
///
/// It is in Unicode's form NFC and keeps the capitals that it was given. Two ids are the same
/// user's if they fold to the same: capitals, full-width letters and `ß` for `ss` make no difference.
/// Letters of different scripts that look alike do.
public struct UserIdentifier: Hashable, Sendable, CustomStringConvertible {
  /// The most characters, as Unicode scalars.
  public static let longest = 64

  /// As the user wrote it.
  public let name: String
  /// What makes it the same as another.
  public let folded: String

  public var description: String { name }

  /// - Throws: ``UserIdentifierError``; tell the user its text.
  public init(_ text: String) throws(UserIdentifierError) {
    // Before anything walks over it more than once.
    guard text.utf8.count <= Self.longest * 16 else { throw .tooLong }
    let name = text.precomposedStringWithCanonicalMapping
    guard let first = name.unicodeScalars.first else { throw .empty }
    guard name.unicodeScalars.count <= Self.longest else { throw .tooLong }
    guard first.isLetterOrDigit else { throw .badStart(first) }
    for scalar in name.unicodeScalars where !scalar.isAllowed { throw .badCharacter(scalar) }
    self.name = name
    folded = Self.fold(name)
  }

  /// As it was stored.
  init(stored name: String, folded: String) {
    self.name = name
    self.folded = folded
  }

  public static func == (left: UserIdentifier, right: UserIdentifier) -> Bool {
    left.folded == right.folded
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(folded)
  }

  static func fold(_ text: String) -> String {
    // Upper case first: it takes apart what has no single capital, such as ß.
    text.precomposedStringWithCompatibilityMapping.uppercased().lowercased()
      .precomposedStringWithCompatibilityMapping
  }
}

/// Why a text is no user id.
public enum UserIdentifierError: Error, Hashable, Sendable, CustomStringConvertible {
  case empty
  case tooLong
  case badStart(Unicode.Scalar)
  case badCharacter(Unicode.Scalar)

  public var description: String {
    switch self {
    case .empty: "A user id cannot be empty."
    case .tooLong: "A user id can have \(UserIdentifier.longest) characters at most."
    case .badStart(let scalar):
      "A user id begins with a letter or digit, not with \(scalar.shown)."
    case .badCharacter(let scalar):
      "A user id cannot have \(scalar.shown) in it. Use letters, digits, '-', '_' and '.'."
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isLetterOrDigit: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter, .decimalNumber: true
    // The sign of length in Japanese and the like.
    case .modifierLetter: true
    default: false
    }
  }

  fileprivate var isAllowed: Bool {
    switch properties.generalCategory {
    // Vowel signs of the scripts that write them so.
    case .nonspacingMark, .spacingMark: true
    default: isLetterOrDigit || "-_.".unicodeScalars.contains(self)
    }
  }

  /// For a message: the sign itself may be invisible or do something to a screen.
  fileprivate var shown: String {
    let code = "U+" + String(value, radix: 16, uppercase: true)
    return isASCII && value > 0x20 && value < 0x7f ? "'\(Character(self))'" : code
  }
}
