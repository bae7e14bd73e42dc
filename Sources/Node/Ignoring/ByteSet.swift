/// A set of bytes in four words.
struct ByteSet: Hashable, Sendable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  init() {}

  func contains(_ byte: UInt8) -> Bool {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    return switch byte >> 6 {
    case 0: words.0 & bit != 0
    case 1: words.1 & bit != 0
    case 2: words.2 & bit != 0
    default: words.3 & bit != 0
    }
  }

  mutating func insert(_ byte: UInt8) { update(byte) { $0 | $1 } }

  mutating func remove(_ byte: UInt8) { update(byte) { $0 & ~$1 } }

  mutating func invert() { words = (~words.0, ~words.1, ~words.2, ~words.3) }

  private mutating func update(_ byte: UInt8, _ change: (UInt64, UInt64) -> UInt64) {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: words.0 = change(words.0, bit)
    case 1: words.1 = change(words.1, bit)
    case 2: words.2 = change(words.2, bit)
    default: words.3 = change(words.3, bit)
    }
  }

  static func == (left: ByteSet, right: ByteSet) -> Bool { left.words == right.words }

  func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}
