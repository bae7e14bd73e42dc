/// The initial consonants of Hangul syllables: `회의록` has `ㅎㅇㄹ`, which is how people type a
/// Korean name in a hurry. Written in compatibility jamo, which is what keyboards make.
enum HangulInitials {
  /// The letter that leads an initials term of an index; such terms stand for names alone.
  static let termPrefix = UInt8(ascii: "H")

  private static let consonants: [Unicode.Scalar] = Array("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ".unicodeScalars)

  /// Pairs that a keyboard makes of two consonants typed one after the other.
  private static let pairs: [Unicode.Scalar: [Unicode.Scalar]] = [
    "ㄳ": ["ㄱ", "ㅅ"], "ㄵ": ["ㄴ", "ㅈ"], "ㄶ": ["ㄴ", "ㅎ"], "ㄺ": ["ㄹ", "ㄱ"], "ㄻ": ["ㄹ", "ㅁ"],
    "ㄼ": ["ㄹ", "ㅂ"], "ㄽ": ["ㄹ", "ㅅ"], "ㄾ": ["ㄹ", "ㅌ"], "ㄿ": ["ㄹ", "ㅍ"], "ㅀ": ["ㄹ", "ㅎ"],
    "ㅄ": ["ㅂ", "ㅅ"],
  ]

  /// The initial consonant of a syllable; nil for any other character.
  static func initial(of scalar: Unicode.Scalar) -> Unicode.Scalar? {
    guard (0xAC00...0xD7A3).contains(scalar.value) else { return nil }
    return consonants[Int(scalar.value - 0xAC00) / (21 * 28)]
  }

  /// The initials of a run of syllables; nil when it holds anything else.
  static func initials(of run: some Sequence<Unicode.Scalar>) -> String? {
    var text = ""
    for scalar in run {
      guard let initial = initial(of: scalar) else { return nil }
      text.unicodeScalars.append(initial)
    }
    return text.isEmpty ? nil : text
  }

  /// What was typed as initials, pairs taken apart; nil when it holds anything but consonants.
  static func typedInitials(_ run: some Sequence<Unicode.Scalar>) -> String? {
    var text = ""
    for scalar in run {
      if consonants.contains(scalar) {
        text.unicodeScalars.append(scalar)
      } else if let pair = pairs[scalar] {
        text.unicodeScalars.append(contentsOf: pair)
      } else if (0x1100...0x1112).contains(scalar.value) {
        text.unicodeScalars.append(consonants[Int(scalar.value - 0x1100)])
      } else {
        return nil
      }
    }
    return text.isEmpty ? nil : text
  }
}
