/// Finds out how a text file is encoded and decodes it. What is asked of it is a readable text, not
/// a proof: bytes that fit no encoding are repaired.
enum TextDecoding {
  /// Whether these first bytes are no text in any encoding that ``decoded(_:declared:)`` reads:
  /// text holds no NUL outside UTF-16, and next to no other control characters.
  static func looksBinary(_ bytes: [UInt8]) -> Bool {
    if utf16(bytes) != nil { return false }
    var controls = 0
    for byte in bytes.prefix(MediaType.sniffedByteCount) {
      if byte == 0 { return true }
      let isControl = byte < 0x20 && !(7...13).contains(byte) && byte != 0x1B
      if isControl || byte == 0x7F { controls += 1 }
    }
    return controls * 50 > min(bytes.count, MediaType.sniffedByteCount)
  }

  /// - Parameters:
  ///   - bytes: the file's beginning; the last character may be cut in half.
  ///   - declared: the encoding that the file claims, in any case; believed where the bytes are
  ///     not UTF-8 and convert without an error.
  static func decoded(_ bytes: [UInt8], declared: String? = nil) -> String {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      return String(decoding: bytes[3...], as: UTF8.self)
    }
    if let text = utf16(bytes) { return text }
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    let census = UTF8Census(bytes)
    // Where nothing else speaks for UTF-8, a cut sequence at the end is more likely a letter of
    // another encoding.
    if census.invalidCount == 0, census.sequenceCount > 0 {
      return String(decoding: bytes[..<(bytes.count - census.cutTailCount)], as: UTF8.self)
    }
    if let declared,
      let text = CharacterSetConversion.converted(bytes, from: name(of: declared))
    {
      return text
    }
    // Damaged UTF-8 still has far more whole sequences than wrong bytes; legacy text hardly any.
    if census.sequenceCount > census.invalidCount {
      return String(decoding: bytes, as: UTF8.self)
    }
    if isMostlyKorean(bytes),
      let text = CharacterSetConversion.converted(bytes, from: "CP949")
    {
      return text
    }
    return CharacterSetConversion.converted(bytes, from: "WINDOWS-1252")
      ?? String(decoding: bytes, as: UTF8.self)
  }

  /// The label that the conversion knows for a label that files use. Files that say EUC-KR are
  /// written in its superset.
  private static func name(of label: String) -> String {
    switch label.lowercased() {
    case "euc-kr", "ks_c_5601-1987", "ksc5601", "ks_c_5601", "windows-949", "korean", "ms949":
      "CP949"
    case "iso-8859-1", "latin1", "us-ascii", "ascii": "WINDOWS-1252"
    case let other: other.uppercased()
    }
  }

  private static func utf16(_ bytes: [UInt8]) -> String? {
    let isLittle = bytes.starts(with: [0xFF, 0xFE])
    guard isLittle || bytes.starts(with: [0xFE, 0xFF]) else { return nil }
    let units = stride(from: 2, to: bytes.count - 1, by: 2).map { index in
      let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      return isLittle ? second << 8 | first : first << 8 | second
    }
    return String(decoding: units, as: UTF16.self)
  }

  /// Whether, read as CP949, at least half of what is not ASCII are the 2,350 usual syllables.
  /// Almost any pair of high bytes is *some* character of CP949: accented letters turn into rare
  /// Chinese ones, quotation marks of Windows-1252 before a letter into rare syllables.
  private static func isMostlyKorean(_ bytes: [UInt8]) -> Bool {
    var syllables = 0
    var others = 0
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x80 {
        index += 1
        continue
      }
      let second = index + 1 < bytes.count ? bytes[index + 1] : 0
      if (0xB0...0xC8).contains(byte), second > 0xA0 { syllables += 1 } else { others += 1 }
      index += 2
    }
    return syllables > 0 && syllables >= others
  }
}

/// How far bytes are UTF-8.
struct UTF8Census {
  /// Whole sequences of several bytes.
  private(set) var sequenceCount = 0
  /// Bytes that belong to no sequence.
  private(set) var invalidCount = 0
  /// Bytes at the end that begin a sequence which the end cuts.
  private(set) var cutTailCount = 0

  init(_ bytes: [UInt8]) {
    var index = 0
    while index < bytes.count {
      let length = Self.length(ofSequenceStartingWith: bytes[index])
      if length == 1 {
        index += 1
        continue
      }
      let available = bytes[index...].dropFirst().prefix(max(length - 1, 0))
      let continues = length > 1 && available.allSatisfy { $0 & 0xC0 == 0x80 }
      if continues, available.count == length - 1,
        Self.isScalar(bytes[index], available.first ?? 0)
      {
        sequenceCount += 1
        index += length
      } else if continues, index + length > bytes.count {
        cutTailCount = bytes.count - index
        index = bytes.count
      } else {
        invalidCount += 1
        index += 1
      }
    }
  }

  /// 0 where no sequence starts so.
  private static func length(ofSequenceStartingWith byte: UInt8) -> Int {
    switch byte {
    case 0..<0x80: 1
    case 0xC2..<0xE0: 2
    case 0xE0..<0xF0: 3
    case 0xF0..<0xF5: 4
    default: 0
    }
  }

  /// No overlong form, no surrogate, nothing above U+10FFFF.
  private static func isScalar(_ first: UInt8, _ second: UInt8) -> Bool {
    switch first {
    case 0xE0: second >= 0xA0
    case 0xED: second < 0xA0
    case 0xF0: second >= 0x90
    case 0xF4: second < 0x90
    default: true
    }
  }
}
