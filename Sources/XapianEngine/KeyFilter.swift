/// Which keys an index may hold: two bytes a key, and never more than ``longestByteCount``. What is
/// not here is not in the index; what is here must be looked up.
///
/// A Bloom filter whose bits for one key all stand in one line of the processor's cache (Putze,
/// Sanders and Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007). About one absent key
/// in a thousand seems present; beyond eight million keys more and more do, which costs look-ups and
/// no memory.
struct KeyFilter {
  static let longestByteCount = 16 << 20

  private static let bitsPerKey = 16
  private static let bitsInKey = 6
  private static let lineWords = 8

  private var words: [UInt64]
  private var count = 0

  /// Keys that may be inserted before the filter should be made anew, larger.
  private let capacity: Int

  init(capacity: Int) {
    let lineBits = Self.lineWords * UInt64.bitWidth
    let longest = Self.longestByteCount * 8 / lineBits
    var lines = 64
    while lines < longest, lines * lineBits < capacity * Self.bitsPerKey { lines *= 2 }
    words = Array(repeating: 0, count: lines * Self.lineWords)
    self.capacity = lines == longest ? .max : lines * lineBits / Self.bitsPerKey
  }

  /// Whether so many keys are in that a larger filter would say less often "maybe".
  var isFull: Bool { count > capacity }

  var byteCount: Int { words.count * MemoryLayout<UInt64>.size }

  /// - Parameter fingerprint: as of ``KeyFingerprints/fingerprint(of:)``.
  func mayContain(_ fingerprint: UInt64) -> Bool {
    var bits = Bits(of: fingerprint, lineCount: words.count / Self.lineWords)
    for _ in 0..<Self.bitsInKey {
      let (word, mask) = bits.next()
      if words[word] & mask == 0 { return false }
    }
    return true
  }

  mutating func insert(_ fingerprint: UInt64) {
    var bits = Bits(of: fingerprint, lineCount: words.count / Self.lineWords)
    for _ in 0..<Self.bitsInKey {
      let (word, mask) = bits.next()
      words[word] |= mask
    }
    count += 1
  }

  /// The bits of one key, one after the other.
  private struct Bits {
    private let line: Int
    private var rest: UInt64

    init(of fingerprint: UInt64, lineCount: Int) {
      line = Int(truncatingIfNeeded: Self.mixed(fingerprint)) & (lineCount - 1)
      // Nine bits name a place in a line; six places need 54.
      rest = Self.mixed(fingerprint ^ 0x9E37_79B9_7F4A_7C15)
    }

    mutating func next() -> (word: Int, mask: UInt64) {
      defer { rest >>= 9 }
      return (line * lineWords + Int(rest >> 6 & 7), 1 << (rest & 63))
    }

    /// The finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
    private static func mixed(_ value: UInt64) -> UInt64 {
      var value = value
      value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
      return value ^ value >> 31
    }
  }
}
