/// The lines that show a person where in a query a fault is:
///
///     report nmae:2024
///            ^~~~~
public struct QueryExcerpt: Hashable, Sendable {
  /// The query, or the part of it around the fault: one line, with nothing that a terminal obeys.
  public let line: String

  /// Spaces, then a caret under the first character at fault and tildes under the others.
  public let caretLine: String

  /// At most this many characters of the query are shown.
  static let characterCount = 70

  /// - Parameter query: the text that was parsed.
  public init(of query: String, marking error: QueryError) {
    let characters = Array(query)
    let offset = min(error.offset, characters.count)
    let end = min(offset + max(error.length, 1), characters.count)
    var start = 0
    if offset > Self.characterCount - 20 { start = offset - (Self.characterCount - 20) }
    let stop = min(characters.count, start + Self.characterCount)
    let before = Self.printable(String(characters[start..<offset]))
    let marked = Self.printable(String(characters[offset..<min(max(end, offset), stop)]))
    let after = Self.printable(String(characters[min(max(end, offset), stop)..<stop]))
    let head = start > 0 ? "…" : ""
    let tail = stop < characters.count ? "…" : ""
    line = head + before + marked + after + tail
    caretLine =
      String(repeating: " ", count: Self.columns(of: head + before)) + "^"
      + String(repeating: "~", count: max(0, Self.columns(of: marked) - 1))
  }

  /// Both lines, separated by a newline.
  public var text: String { line + "\n" + caretLine }

  /// The text with every control and format character as `·`, and every space as a plain one.
  static func printable(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
        .paragraphSeparator:
        result.append("·")
      case .spaceSeparator where scalar.value != 0x3000: result.append(" ")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// How many columns a terminal takes for the text: two for East Asian wide characters and
  /// emoji, none for marks that combine.
  static func columns(of text: String) -> Int {
    text.reduce(0) { total, character in
      guard let scalar = character.unicodeScalars.first else { return total }
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark: return total
      default: return total + (isWide(scalar) ? 2 : 1)
      }
    }
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
      0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
      0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}

extension QueryError {
  /// The lines to print under the message.
  public func excerpt(of query: String) -> QueryExcerpt { QueryExcerpt(of: query, marking: self) }
}
