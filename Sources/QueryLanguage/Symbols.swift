/// The characters that mean something to the query language, with the forms that East Asian
/// keyboards and word processors produce for them.
enum Symbols {
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

  /// Any of these opens a phrase and any of them closes it: people mix them.
  static func isQuote(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\"", "\u{201C}", "\u{201D}", "\u{201E}", "\u{201F}", "\u{FF02}": true
    default: false
    }
  }

  static func isOpening(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "(" || scalar == "\u{FF08}"
  }

  static func isClosing(_ scalar: Unicode.Scalar) -> Bool {
    scalar == ")" || scalar == "\u{FF09}"
  }

  static func isMinus(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "-" || scalar == "\u{FF0D}" || scalar == "\u{2212}"
  }

  static func isStar(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "*" || scalar == "\u{FF0A}"
  }

  static func isColon(_ scalar: Unicode.Scalar) -> Bool {
    scalar == ":" || scalar == "\u{FF1A}"
  }

  /// The same text with full-width letters, digits and signs as their ASCII forms.
  static func narrowed(_ text: some Sequence<Unicode.Scalar>) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text {
      switch scalar.value {
      case 0xFF01...0xFF5E: result.append(Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar)
      case 0x2212: result.append("-")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}
