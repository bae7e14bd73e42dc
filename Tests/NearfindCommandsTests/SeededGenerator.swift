import TestSupport

extension SeededGenerator {
  /// Text that is as nasty as a file name can be: plain letters, Hangul, controls, escapes, marks
  /// of direction, combining marks, emoji and anything else.
  mutating func nastyText(maximumLength: Int = 24) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...maximumLength, using: &self) {
      text.append(nastyScalar())
    }
    return String(text)
  }

  private mutating func nastyScalar() -> Unicode.Scalar {
    let ranges: [ClosedRange<UInt32>] = [
      0x20...0x7E, 0x00...0x1F, 0x7F...0x9F, 0xAC00...0xD7A3, 0x1100...0x11FF, 0x300...0x36F,
      0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x5D0...0x5EA, 0x1F300...0x1F6FF,
      0xE0000...0xE007F, 0xFFF0...0xFFFF, 0x10000...0x10FFFF, 0xD800...0xDFFF,
    ]
    while true {
      let range = ranges.randomElement(using: &self)!
      if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &self)) { return scalar }
    }
  }
}
