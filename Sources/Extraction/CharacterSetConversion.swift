import Foundation

/// Converts from legacy encodings with the C library's `iconv`.
enum CharacterSetConversion {
  /// - Parameter encoding: a name that `iconv` knows.
  /// - Returns: nil when the encoding is unknown or a byte does not belong to it. A character that
  ///   the end of `bytes` cuts is left out.
  static func converted(_ bytes: [UInt8], from encoding: String) -> String? {
    // Suffixes such as `//IGNORE` would turn errors into silence.
    guard !encoding.isEmpty, encoding.utf8.count < 40,
      encoding.utf8.allSatisfy({ isLabelByte($0) })
    else { return nil }
    let converter = iconv_open("UTF-8", encoding)
    // `iconv` reports failure as a pointer with all bits set.
    guard let converter, Int(bitPattern: converter) != -1 else { return nil }
    defer { iconv_close(converter) }

    // No character of a legacy encoding takes more than 4 bytes of UTF-8.
    var output = [UInt8](repeating: 0, count: 4 * bytes.count + 16)
    var input = bytes
    let written: Int? = input.withUnsafeMutableBytes { source in
      output.withUnsafeMutableBytes { target in
        var from = source.baseAddress?.assumingMemoryBound(to: CChar.self)
        var to = target.baseAddress?.assumingMemoryBound(to: CChar.self)
        var remaining = source.count
        var room = target.count
        let result = iconv(converter, &from, &remaining, &to, &room)
        let isCutAtEnd = result == -1 && errno == EINVAL && remaining < 8
        return result != -1 || isCutAtEnd ? target.count - room : nil
      }
    }
    guard let written else { return nil }
    return String(decoding: output[..<written], as: UTF8.self)
  }

  private static func isLabelByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "."), UInt8(ascii: ":"):
      true
    default: false
    }
  }
}
