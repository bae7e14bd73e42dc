/// The English stemmer of the Snowball project ("Porter2", M. F. Porter, 2001), on bytes and in
/// place: `files` and `file`, `printing` and `print` become one term.
///
/// It works on words of the letters a to z alone; a stem is never longer than its word.
struct EnglishStemmer {
  /// The letters of the word; what is behind `count` is undefined.
  private var letters: UnsafeMutableBufferPointer<UInt8>
  private var count: Int
  /// The regions R1 and R2 of the algorithm, as offsets at which they begin.
  private var regionOne = 0
  private var regionTwo = 0

  /// Stems the first `count` bytes of `letters`, which must be lower-case ASCII letters.
  ///
  /// - Returns: the number of bytes of the stem, which stands at the beginning of `letters`.
  static func stem(_ letters: UnsafeMutableBufferPointer<UInt8>, count: Int) -> Int {
    guard count > 2 else { return count }
    var stemmer = EnglishStemmer(letters: letters, count: count)
    stemmer.run()
    return stemmer.count
  }

  /// The stem of a word; words with anything but the letters a to z stay as they are.
  static func stem(_ word: String) -> String {
    var bytes = Array(word.utf8)
    guard bytes.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }) else {
      return word
    }
    let length = bytes.withUnsafeMutableBufferPointer { stem($0, count: $0.count) }
    return String(decoding: bytes[..<length], as: UTF8.self)
  }

  private init(letters: UnsafeMutableBufferPointer<UInt8>, count: Int) {
    self.letters = letters
    self.count = count
  }

  private mutating func run() {
    if replaceException() { return }
    markConsonantYs()
    findRegions()
    removePlural()
    if isInvariantAfterPlural() {
      unmarkYs()
      return
    }
    removePast()
    replaceFinalY()
    replaceDerivation()
    shortenDerivation()
    removeSuffix()
    removeFinalLetter()
    unmarkYs()
  }
}

// MARK: - The steps, in order

extension EnglishStemmer {
  private static let irregular: [(word: StaticString, stem: StaticString)] = [
    ("skis", "ski"), ("skies", "sky"), ("dying", "die"), ("lying", "lie"), ("tying", "tie"),
    ("idly", "idl"), ("gently", "gentl"), ("ugly", "ugli"), ("early", "earli"),
    ("only", "onli"), ("singly", "singl"), ("sky", "sky"), ("news", "news"), ("howe", "howe"),
    ("atlas", "atlas"), ("cosmos", "cosmos"), ("bias", "bias"), ("andes", "andes"),
  ]

  private mutating func replaceException() -> Bool {
    guard count <= 6 else { return false }
    for exception in Self.irregular
    where exception.word.utf8CodeUnitCount == count && ends(exception.word) {
      write(exception.stem, at: 0)
      return true
    }
    return false
  }

  /// A `y` at the beginning or after a vowel is a consonant: written `Y` meanwhile.
  private mutating func markConsonantYs() {
    for index in 0..<count where letters[index] == UInt8(ascii: "y") {
      if index == 0 || isVowel(index - 1) { letters[index] = UInt8(ascii: "Y") }
    }
  }

  private mutating func unmarkYs() {
    for index in 0..<count where letters[index] == UInt8(ascii: "Y") {
      letters[index] = UInt8(ascii: "y")
    }
  }

  private mutating func findRegions() {
    if begins("gener") || begins("arsen") {
      regionOne = 5
    } else if begins("commun") {
      regionOne = 6
    } else {
      regionOne = region(after: 0)
    }
    regionTwo = region(after: regionOne)
  }

  /// Step 1a.
  private mutating func removePlural() {
    if ends("sses") {
      count -= 2
    } else if ends("ied") || ends("ies") {
      count -= count > 4 ? 2 : 1
    } else if ends("us") || ends("ss") {
      return
    } else if ends("s"), hasVowel(before: count - 2) {
      count -= 1
    }
  }

  private func isInvariantAfterPlural() -> Bool {
    switch count {
    case 6: ends("inning") || ends("outing") || ends("exceed")
    case 7:
      ends("canning") || ends("herring") || ends("earring") || ends("proceed")
        || ends("succeed")
    default: false
    }
  }

  /// Step 1b.
  private mutating func removePast() {
    if ends("eed") {
      if inRegionOne(3) { count -= 1 }
      return
    }
    if ends("eedly") {
      if inRegionOne(5) { count -= 3 }
      return
    }
    let length: Int
    if ends("ingly") {
      length = 5
    } else if ends("edly") {
      length = 4
    } else if ends("ing") {
      length = 3
    } else if ends("ed") {
      length = 2
    } else {
      return
    }
    guard hasVowel(before: count - length) else { return }
    count -= length
    if ends("at") || ends("bl") || ends("iz") {
      append(UInt8(ascii: "e"))
    } else if endsInDouble() {
      count -= 1
    } else if regionOne >= count, endsInShortSyllable(count) {
      append(UInt8(ascii: "e"))
    }
  }

  /// Step 1c.
  private mutating func replaceFinalY() {
    guard count > 2, ends("y") || ends("Y"), !isVowel(count - 2) else { return }
    letters[count - 1] = UInt8(ascii: "i")
  }

  /// Step 2: the first suffix that fits, longest first, is the only one that is looked at.
  private mutating func replaceDerivation() {
    switch true {
    case ends("ational"): replace(7, by: "ate")
    case ends("ization"): replace(7, by: "ize")
    case ends("fulness"): replace(7, by: "ful")
    case ends("ousness"): replace(7, by: "ous")
    case ends("iveness"): replace(7, by: "ive")
    case ends("tional"): replace(6, by: "tion")
    case ends("biliti"): replace(6, by: "ble")
    case ends("lessli"): replace(6, by: "less")
    case ends("entli"): replace(5, by: "ent")
    case ends("ation"): replace(5, by: "ate")
    case ends("alism"), ends("aliti"): replace(5, by: "al")
    case ends("ousli"): replace(5, by: "ous")
    case ends("iviti"): replace(5, by: "ive")
    case ends("fulli"): replace(5, by: "ful")
    case ends("enci"): replace(4, by: "ence")
    case ends("anci"): replace(4, by: "ance")
    case ends("abli"): replace(4, by: "able")
    case ends("izer"): replace(4, by: "ize")
    case ends("ator"): replace(4, by: "ate")
    case ends("alli"): replace(4, by: "al")
    case ends("bli"): replace(3, by: "ble")
    case ends("ogi"):
      if count > 3, letters[count - 4] == UInt8(ascii: "l") { replace(3, by: "og") }
    case ends("li"):
      if count > 2, isLiEnding(letters[count - 3]) { replace(2, by: "") }
    default: break
    }
  }

  /// Step 3.
  private mutating func shortenDerivation() {
    switch true {
    case ends("ational"): replace(7, by: "ate")
    case ends("tional"): replace(6, by: "tion")
    case ends("alize"): replace(5, by: "al")
    case ends("icate"), ends("iciti"): replace(5, by: "ic")
    case ends("ative"): if inRegionTwo(5) { count -= 5 }
    case ends("ical"): replace(4, by: "ic")
    case ends("ness"): replace(4, by: "")
    case ends("ful"): replace(3, by: "")
    default: break
    }
  }

  /// Step 4.
  private mutating func removeSuffix() {
    let length: Int
    switch true {
    case ends("ement"): length = 5
    case ends("ance"), ends("ence"), ends("able"), ends("ible"), ends("ment"): length = 4
    case ends("ant"), ends("ent"), ends("ism"), ends("ate"), ends("iti"), ends("ous"),
      ends("ive"), ends("ize"):
      length = 3
    case ends("ion"):
      guard count > 3,
        letters[count - 4] == UInt8(ascii: "s") || letters[count - 4] == UInt8(ascii: "t")
      else { return }
      length = 3
    case ends("al"), ends("er"), ends("ic"): length = 2
    default: return
    }
    if inRegionTwo(length) { count -= length }
  }

  /// Step 5.
  private mutating func removeFinalLetter() {
    if ends("e") {
      if inRegionTwo(1) || (inRegionOne(1) && !endsInShortSyllable(count - 1)) { count -= 1 }
    } else if ends("ll"), inRegionTwo(1) {
      count -= 1
    }
  }
}

// MARK: - Looking at letters

extension EnglishStemmer {
  private func isVowel(_ index: Int) -> Bool {
    switch letters[index] {
    case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"),
      UInt8(ascii: "u"), UInt8(ascii: "y"):
      true
    default: false
    }
  }

  private func hasVowel(before end: Int) -> Bool {
    var index = 0
    while index < end {
      if isVowel(index) { return true }
      index += 1
    }
    return false
  }

  /// Behind the first consonant that follows a vowel; the word's end where there is none.
  private func region(after start: Int) -> Int {
    var index = start
    while index < count, !isVowel(index) { index += 1 }
    while index < count, isVowel(index) { index += 1 }
    return min(index + 1, count)
  }

  private func inRegionOne(_ suffixLength: Int) -> Bool { count - suffixLength >= regionOne }
  private func inRegionTwo(_ suffixLength: Int) -> Bool { count - suffixLength >= regionTwo }

  private func endsInDouble() -> Bool {
    guard count > 1, letters[count - 1] == letters[count - 2] else { return false }
    switch letters[count - 1] {
    case UInt8(ascii: "b"), UInt8(ascii: "d"), UInt8(ascii: "f"), UInt8(ascii: "g"),
      UInt8(ascii: "m"), UInt8(ascii: "n"), UInt8(ascii: "p"), UInt8(ascii: "r"),
      UInt8(ascii: "t"):
      return true
    default: return false
    }
  }

  /// Whether a short syllable ends at `end`: consonant, vowel, consonant other than w, x and Y;
  /// or a vowel and a consonant that are the whole word.
  private func endsInShortSyllable(_ end: Int) -> Bool {
    guard end >= 2, !isVowel(end - 1), isVowel(end - 2) else { return false }
    if end == 2 { return true }
    let last = letters[end - 1]
    return !isVowel(end - 3) && last != UInt8(ascii: "w") && last != UInt8(ascii: "x")
      && last != UInt8(ascii: "Y")
  }

  private func isLiEnding(_ letter: UInt8) -> Bool {
    switch letter {
    case UInt8(ascii: "c"), UInt8(ascii: "d"), UInt8(ascii: "e"), UInt8(ascii: "g"),
      UInt8(ascii: "h"), UInt8(ascii: "k"), UInt8(ascii: "m"), UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "t"):
      true
    default: false
    }
  }

  private func ends(_ suffix: StaticString) -> Bool {
    let length = suffix.utf8CodeUnitCount
    guard length <= count else { return false }
    var index = 0
    while index < length {
      if letters[count - length + index] != suffix.utf8Start[index] { return false }
      index += 1
    }
    return true
  }

  private func begins(_ prefix: StaticString) -> Bool {
    let length = prefix.utf8CodeUnitCount
    guard length <= count else { return false }
    for index in 0..<length where letters[index] != prefix.utf8Start[index] { return false }
    return true
  }

  // MARK: Changing them

  private mutating func append(_ letter: UInt8) {
    letters[count] = letter
    count += 1
  }

  private mutating func write(_ text: StaticString, at offset: Int) {
    for index in 0..<text.utf8CodeUnitCount { letters[offset + index] = text.utf8Start[index] }
    count = offset + text.utf8CodeUnitCount
  }

  /// Replaces a suffix of `length` letters when it lies in R1.
  private mutating func replace(_ length: Int, by text: StaticString) {
    if inRegionOne(length) { write(text, at: count - length) }
  }
}
