/// Text of strangers (file names, titles, messages of helper programs) made safe to print where a
/// person reads.
///
/// A file name may hold any byte but `/` and NUL: line breaks that forge a second answer, escape
/// sequences that drive the terminal, marks that turn the writing direction around. None of them
/// reaches the screen. What is replaced stays recognisable, as an escape in Swift's notation
/// (`\n`, `\u{1B}`, `\u{202E}`); the exact text is what `--json` is for.
public enum TerminalText {
  /// The text on one line, without any scalar that ``isSafe(_:)`` refuses.
  ///
  /// Printing a printable text again changes nothing, and safe text comes back as it is.
  public static func printable(_ text: String) -> String {
    guard !text.unicodeScalars.allSatisfy(isSafe) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isSafe(scalar) {
        result.append(scalar)
      } else {
        result.append(contentsOf: escape(scalar).unicodeScalars)
      }
    }
    return String(result)
  }

  /// Several lines, each made printable on its own; line breaks stay.
  public static func printableLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { printable(String($0)) }
      .joined(separator: "\n")
  }

  /// Whether the scalar can neither move the cursor, nor turn the writing direction, nor be
  /// there without being seen.
  ///
  /// The joiners U+200C and U+200D are let through: Persian, the scripts of India and family
  /// emoji are written with them, and they only choose letter forms.
  public static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20..<0x7F: return true
    case 0x200C, 0x200D: return true
    default: break
    }
    return switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned,
      .privateUse:
      false
    default:
      !scalar.properties.isNoncharacterCodePoint
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
    }
  }
}
