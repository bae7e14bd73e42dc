/// How much of a JSON text is taken. What goes beyond is refused before anything is built of it.
public struct JSONLimits: Sendable, Hashable {
  /// Bytes of the whole text.
  public var byteCount: Int
  /// Objects and arrays within one another. Foundation's decoder calls itself for each.
  public var depth: Int
  /// Values of every kind, the members of objects and arrays each counted.
  public var valueCount: Int
  /// Bytes of one string between its quotation marks, as written.
  public var stringByteCount: Int

  public init(
    byteCount: Int = 1 << 20, depth: Int = 32, valueCount: Int = 100_000,
    stringByteCount: Int = 64 * 1024
  ) {
    self.byteCount = byteCount
    self.depth = depth
    self.valueCount = valueCount
    self.stringByteCount = stringByteCount
  }

  public static let standard = JSONLimits()
}

/// Why a JSON text is refused. Offsets count bytes from 0.
public enum JSONProblem: Error, Hashable, Sendable {
  case tooLong(byteCount: Int, limit: Int)
  case tooDeep(offset: Int, limit: Int)
  case tooManyValues(offset: Int, limit: Int)
  case stringTooLong(offset: Int, limit: Int)
  /// RFC 8259 leaves open which of the two counts; two readers could see two messages.
  case duplicateKey(offset: Int)
  /// U+0000, which ends strings in C and is refused by databases.
  case nullCharacter(offset: Int)
  case notUTF8(offset: Int)
  /// Not JSON from this byte on.
  case syntax(offset: Int)
  /// A number of more than 64 characters, or one that no `Double` holds.
  case number(offset: Int)
  /// JSON, but not of the message's form; the text names the field.
  case mismatch(String)
}

extension JSONProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLong(let count, let limit): "It has \(count) bytes; at most \(limit) are taken."
    case .tooDeep(let offset, let limit): "At byte \(offset) it nests deeper than \(limit)."
    case .tooManyValues(let offset, let limit):
      "By byte \(offset) it has more than \(limit) values."
    case .stringTooLong(let offset, let limit):
      "At byte \(offset) begins a string of more than \(limit) bytes."
    case .duplicateKey(let offset): "At byte \(offset) a key comes a second time."
    case .nullCharacter(let offset): "At byte \(offset) it holds the character U+0000."
    case .notUTF8(let offset): "At byte \(offset) it is not UTF-8."
    case .syntax(let offset): "At byte \(offset) it is not JSON."
    case .number(let offset): "At byte \(offset) stands a number that cannot be held."
    case .mismatch(let text): text
    }
  }
}
