/// Makes text from strangers fit to be stored and shown. Works on bytes: a text may be large.
enum TextCleaning {
  /// Line feeds and tabs stay, every other control character becomes a space; spaces at both ends
  /// go.
  static func text(_ text: String, maximumByteCount: Int) -> String {
    var bytes = prefix(of: text, maximumByteCount: maximumByteCount)
    blankControls(in: &bytes, keepingLines: true)
    var start = 0
    var end = bytes.count
    while start < end, isSpace(bytes[start]) { start += 1 }
    while end > start, isSpace(bytes[end - 1]) { end -= 1 }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  /// One line: runs of white space and control characters become one space.
  static func line(_ text: String, maximumByteCount: Int) -> String {
    // White space is squeezed before the cut, so that an indented title is not cut for nothing;
    // the factor bounds the work.
    var bytes = prefix(of: text, maximumByteCount: 8 * maximumByteCount)
    blankControls(in: &bytes, keepingLines: false)
    var squeezed: [UInt8] = []
    squeezed.reserveCapacity(bytes.count)
    for byte in bytes where !(isSpace(byte) && (squeezed.isEmpty || squeezed.last == space)) {
      squeezed.append(isSpace(byte) ? space : byte)
    }
    squeezed.removeLast(squeezed.count - scalarBorder(in: squeezed, atMost: maximumByteCount))
    while squeezed.last == space { squeezed.removeLast() }
    return String(decoding: squeezed, as: UTF8.self)
  }

  /// The largest index up to `count` at which no UTF-8 sequence is cut.
  static func scalarBorder(in bytes: [UInt8], atMost count: Int) -> Int {
    guard count < bytes.count else { return bytes.count }
    var border = count
    while border > 0, bytes[border] & 0xC0 == 0x80 { border -= 1 }
    return border
  }

  private static let space = UInt8(ascii: " ")

  private static func prefix(of text: String, maximumByteCount: Int) -> [UInt8] {
    // One byte more shows whether the border falls into a sequence.
    var bytes = Array(text.utf8.prefix(maximumByteCount + 1))
    bytes.removeLast(bytes.count - scalarBorder(in: bytes, atMost: maximumByteCount))
    return bytes
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == space || (9...13).contains(byte) }

  /// Overwrites with spaces: C0, DEL, C1 (U+0080…9F), line and paragraph separators, and the
  /// characters that turn the direction of what follows (U+202A…202E, U+2066…2069), with which a
  /// name can be made to look like another.
  private static func blankControls(in bytes: inout [UInt8], keepingLines: Bool) {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x20 || byte == 0x7F {
        let isLine = byte == 0x0A || byte == 0x09
        if !(keepingLines && isLine) {
          bytes[index] = byte == 0x0D && keepingLines ? 0x0A : space
        }
      } else if byte == 0xC2, index + 1 < bytes.count, bytes[index + 1] < 0xA0 {
        bytes[index] = space
        bytes[index + 1] = space
      } else if byte == 0xE2, index + 2 < bytes.count {
        let (second, third) = (bytes[index + 1], bytes[index + 2])
        if (second == 0x80 && (0xA8...0xAE).contains(third))
          || (second == 0x81 && (0xA6...0xA9).contains(third))
        {
          for offset in 0..<3 { bytes[index + offset] = space }
        }
      }
      index += 1
    }
  }
}
