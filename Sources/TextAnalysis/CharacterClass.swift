/// What a character is to the cutting of text into words.
enum CharacterClass {
  /// Stands between words.
  case separator
  case lowercase
  case uppercase
  case digit
  /// A letter of a script without case, or a mark that belongs to the letter before it.
  case letter
  /// Hangul, Han and Kana, which are written without reliable spaces between words.
  case eastAsian

  init(ascii byte: UInt8) {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): self = .lowercase
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): self = .uppercase
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self = .digit
    default: self = .separator
    }
  }

  init(_ scalar: Unicode.Scalar) {
    if scalar.isASCII {
      self.init(ascii: UInt8(truncatingIfNeeded: scalar.value))
      return
    }
    if Self.isEastAsian(scalar.value) {
      self = .eastAsian
      return
    }
    switch scalar.properties.generalCategory {
    case .lowercaseLetter: self = .lowercase
    case .uppercaseLetter, .titlecaseLetter: self = .uppercase
    case .decimalNumber: self = .digit
    case .otherLetter, .modifierLetter, .letterNumber, .otherNumber, .nonspacingMark,
      .spacingMark, .enclosingMark:
      self = .letter
    default: self = .separator
    }
  }

  /// Whether the character is part of a word that spaces divide.
  var isWord: Bool {
    switch self {
    case .separator, .eastAsian: false
    case .lowercase, .uppercase, .digit, .letter: true
    }
  }

  private static func isEastAsian(_ value: UInt32) -> Bool {
    switch value {
    case 0xAC00...0xD7A3,  // Hangul syllables
      0x1100...0x11FF, 0x3131...0x318E, 0xA960...0xA97C, 0xD7B0...0xD7FB,  // jamo
      0x3005...0x3007, 0x3041...0x3096, 0x3099...0x309A, 0x309D...0x309F,  // Hiragana
      0x30A1...0x30FA, 0x30FC...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9D,  // Katakana
      0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFD:  // Han
      true
    default: false
    }
  }
}
