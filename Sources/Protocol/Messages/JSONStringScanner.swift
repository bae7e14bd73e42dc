/// The part of ``JSONScanner`` that reads strings: escapes, surrogates, UTF-8.
enum JSONStringScanner {
  /// - Parameter offset: at the opening quotation mark before, behind the closing one after.
  /// - Returns: the characters if `isKey`, else an empty string.
  static func scan(
    _ bytes: UnsafeBufferPointer<UInt8>, from offset: inout Int, limits: JSONLimits, isKey: Bool
  ) throws(JSONProblem) -> String {
    let start = offset
    offset += 1
    var units: [UInt8] = []
    while true {
      guard offset < bytes.count else { throw .syntax(offset: offset) }
      guard offset - start <= limits.stringByteCount || bytes[offset] == UInt8(ascii: "\"") else {
        throw .stringTooLong(offset: start, limit: limits.stringByteCount)
      }
      let byte = bytes[offset]
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        return isKey ? String(decoding: units, as: UTF8.self) : ""
      case UInt8(ascii: "\\"):
        let scalar = try scanEscape(bytes, from: &offset)
        if isKey { units.append(contentsOf: Array(String(Character(scalar)).utf8)) }
      case 0: throw .nullCharacter(offset: offset)
      case 0..<0x20: throw .syntax(offset: offset)
      case 0..<0x80:
        if isKey { units.append(byte) }
        offset += 1
      default:
        let length = try sequenceLength(bytes, at: offset)
        if isKey { units.append(contentsOf: bytes[offset..<offset + length]) }
        offset += length
      }
    }
  }

  private static func scanEscape(
    _ bytes: UnsafeBufferPointer<UInt8>, from offset: inout Int
  ) throws(JSONProblem) -> Unicode.Scalar {
    let start = offset
    guard offset + 1 < bytes.count else { throw .syntax(offset: offset) }
    let kind = bytes[offset + 1]
    offset += 2
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(kind)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw .syntax(offset: start)
    }
    let first = try scanHexadecimal(bytes, from: &offset)
    guard first != 0 else { throw .nullCharacter(offset: start) }
    if let scalar = Unicode.Scalar(first) { return scalar }
    // Half of a pair: only a high half followed by a low one is a character.
    guard (0xD800..<0xDC00).contains(first), offset + 1 < bytes.count,
      bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
    else { throw .syntax(offset: start) }
    offset += 2
    let second = try scanHexadecimal(bytes, from: &offset)
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw .syntax(offset: start) }
    return scalar
  }

  private static func scanHexadecimal(
    _ bytes: UnsafeBufferPointer<UInt8>, from offset: inout Int
  ) throws(JSONProblem) -> UInt32 {
    guard offset + 4 <= bytes.count else { throw .syntax(offset: offset) }
    var value: UInt32 = 0
    for byte in bytes[offset..<offset + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw .syntax(offset: offset)
      }
      value = value << 4 | UInt32(digit)
    }
    offset += 4
    return value
  }

  /// The length of a UTF-8 sequence of more than one byte, checked after table 3-7 of the Unicode
  /// standard: no overlong forms, no surrogates, nothing above U+10FFFF.
  private static func sequenceLength(
    _ bytes: UnsafeBufferPointer<UInt8>, at offset: Int
  ) throws(JSONProblem) -> Int {
    let (length, second): (Int, ClosedRange<UInt8>)
    switch bytes[offset] {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: throw .notUTF8(offset: offset)
    }
    guard offset + length <= bytes.count, second.contains(bytes[offset + 1]),
      bytes[(offset + 2)..<max(offset + length, offset + 2)].allSatisfy({ $0 & 0xC0 == 0x80 })
    else { throw .notUTF8(offset: offset) }
    return length
  }
}
