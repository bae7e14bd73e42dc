import Foundation

/// The one form in which text is compared: canonically composed (NFC), without case.
enum TextNormalization {
  /// Lends the NFC form of a text as UTF-8. ASCII, which is in that form already, is not copied.
  static func withComposedUTF8<Result>(
    _ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    var text = text
    let direct: Result?? = text.withUTF8 { bytes in
      isASCII(bytes) ? .some(body(bytes)) : .none
    }
    if case .some(.some(let result)) = direct { return result }
    var composed = text.precomposedStringWithCanonicalMapping
    return composed.withUTF8(body)
  }

  /// Appends the NFC form of a character.
  static func appendComposed(_ character: Character, to bytes: inout [UInt8]) {
    if let ascii = character.asciiValue, character != "\r\n" {
      bytes.append(ascii)
    } else {
      bytes.append(contentsOf: String(character).precomposedStringWithCanonicalMapping.utf8)
    }
  }

  /// A text in NFC without case.
  static func folded(_ text: String) -> String {
    withComposedUTF8(text) { bytes in
      var folded: [UInt8] = []
      appendFolded(bytes, to: &folded)
      return String(decoding: folded, as: UTF8.self)
    }
  }

  /// Appends NFC text without case.
  static func appendFolded(_ bytes: UnsafeBufferPointer<UInt8>, to folded: inout [UInt8]) {
    var offset = 0
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte < 0x80 {
        folded.append(foldedASCII(byte))
        offset += 1
        continue
      }
      let (scalar, length) = bytes.scalar(at: offset)
      appendFolded(scalar, to: &folded)
      offset += length
    }
  }

  static func foldedASCII(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }

  /// The lower-case form of the upper-case form: so `ß` equals `SS`, and `ς` equals `σ`.
  private static func appendFolded(_ scalar: Unicode.Scalar, to folded: inout [UInt8]) {
    let properties = scalar.properties
    guard properties.changesWhenCaseMapped else {
      folded.append(contentsOf: Character(scalar).utf8)
      return
    }
    for upper in properties.uppercaseMapping.unicodeScalars {
      folded.append(contentsOf: upper.properties.lowercaseMapping.utf8)
    }
  }

  private static func isASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    // Eight bytes at once: the check runs over every text that is indexed.
    let raw = UnsafeRawBufferPointer(bytes)
    var offset = 0
    while offset + 8 <= raw.count {
      if raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080
        != 0
      {
        return false
      }
      offset += 8
    }
    while offset < raw.count {
      if raw[offset] >= 0x80 { return false }
      offset += 1
    }
    return true
  }
}
