/// A stretch of characters of one kind in normalised text, as byte offsets.
struct Run: Hashable {
  enum Kind {
    /// Letters, digits and marks of scripts that put spaces between words.
    case word
    /// Hangul, Han, Kana.
    case eastAsian
  }

  var kind: Kind
  var start: Int
  var end: Int
  /// Whether all of it is ASCII.
  var isASCII: Bool
}

/// Cuts normalised (NFC) UTF-8 into runs, from left to right. Whatever is neither a letter, a digit
/// nor a mark divides; so does the border between the two kinds of run (`보고서v2`, `2024년`).
///
/// The bytes must outlive the scanner: it is only used inside the closure that lends them.
struct RunScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  mutating func next() -> Run? {
    while position < bytes.count {
      let byte = bytes[position]
      if byte < 0x80 {
        if CharacterClass(ascii: byte).isWord { return scanWord() }
        position += 1
        continue
      }
      let (scalar, length) = bytes.scalar(at: position)
      let characterClass = CharacterClass(scalar)
      if characterClass == .eastAsian { return scanEastAsian() }
      if characterClass.isWord { return scanWord() }
      position += length
    }
    return nil
  }

  private mutating func scanWord() -> Run {
    let start = position
    var isASCII = true
    while position < bytes.count {
      let byte = bytes[position]
      if byte < 0x80 {
        guard CharacterClass(ascii: byte).isWord else { break }
        position += 1
        continue
      }
      let (scalar, length) = bytes.scalar(at: position)
      guard CharacterClass(scalar).isWord else { break }
      isASCII = false
      position += length
    }
    return Run(kind: .word, start: start, end: position, isASCII: isASCII)
  }

  private mutating func scanEastAsian() -> Run {
    let start = position
    while position < bytes.count, bytes[position] >= 0x80 {
      let (scalar, length) = bytes.scalar(at: position)
      guard CharacterClass(scalar) == .eastAsian else { break }
      position += length
    }
    return Run(kind: .eastAsian, start: start, end: position, isASCII: false)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The scalar that begins at an offset of valid UTF-8, and how many bytes it takes.
  func scalar(at offset: Int) -> (scalar: Unicode.Scalar, length: Int) {
    let lead = self[offset]
    let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard offset + length <= count else { return ("\u{FFFD}", count - offset) }
    var value = length == 1 ? UInt32(lead) : UInt32(lead) & (0x7F >> UInt32(length))
    for index in 1..<Swift.max(length, 1) {
      value = value << 6 | UInt32(self[offset + index] & 0x3F)
    }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }
}
