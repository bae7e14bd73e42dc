import Foundation

/// The name of a user or of a node, as people type and read it.
///
/// A name is 1 to 128 bytes of UTF-8 in normal form C. It has no control or invisible character, no
/// white space but single spaces inside, no slash, and is neither `.` nor `..`: two names that look
/// alike on the screen are alike, and a name can stand in a path or a URI without a surprise.
public struct PeerName: Hashable, Sendable, Comparable, CustomStringConvertible {
  public static let longestByteCount = 128

  public let text: String

  /// - Throws: ``PeerNameProblem``, which says what to change.
  public init(_ text: String) throws(PeerNameProblem) {
    guard !text.isEmpty else { throw .empty }
    guard text.utf8.count <= Self.longestByteCount else {
      throw .tooLong(byteCount: text.utf8.count)
    }
    guard text != ".", text != ".." else { throw .reserved(text) }
    for scalar in text.unicodeScalars where !Self.allows(scalar) {
      throw .forbiddenCharacter(scalar)
    }
    guard text.first != " ", text.last != " ", !text.contains("  ") else { throw .looseSpace }
    // Compared by bytes: Swift takes strings for equal that differ in their form.
    guard text.precomposedStringWithCanonicalMapping.utf8.elementsEqual(text.utf8) else {
      throw .notNormalized
    }
    self.text = text
  }

  public var description: String { text }

  public static func < (left: PeerName, right: PeerName) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  private static func allows(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == " " { return true }
    if scalar == "/" || scalar == "\\" { return false }
    return switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      false
    default:
      !scalar.properties.isDefaultIgnorableCodePoint
    }
  }
}

extension PeerName: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do {
      try self.init(text)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(error)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// Why a text is no ``PeerName``.
public enum PeerNameProblem: Error, Hashable, Sendable, CustomStringConvertible {
  case empty
  case tooLong(byteCount: Int)
  case reserved(String)
  case forbiddenCharacter(Unicode.Scalar)
  /// A space at an end, or two in a row.
  case looseSpace
  /// Not in Unicode's normal form C. Normalize the text and try again.
  case notNormalized

  public var description: String {
    switch self {
    case .empty: "A name needs at least one character."
    case .tooLong(let byteCount):
      "The name takes \(byteCount) bytes; at most \(PeerName.longestByteCount) are allowed."
    case .reserved(let name): "\"\(name)\" cannot be a name."
    case .forbiddenCharacter(let scalar):
      "A name cannot hold the character U+\(String(scalar.value, radix: 16, uppercase: true))."
    case .looseSpace: "A name cannot begin or end with a space, nor have two in a row."
    case .notNormalized: "The name is not in Unicode's normal form C."
    }
  }
}
