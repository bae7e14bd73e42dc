/// The overlapping pairs of neighbouring characters of an East Asian run, as byte ranges, from left
/// to right; a character that stands alone is its own.
struct CharacterPairs {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let end: Int
  private var start: Int
  private var middle: Int
  private var isFirst = true

  init(_ run: Run, of bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    start = run.start
    end = run.end
    middle = run.start + bytes.scalar(at: run.start).length
  }

  mutating func next() -> Range<Int>? {
    guard middle < end else {
      defer { isFirst = false }
      return isFirst && start < end ? start..<end : nil
    }
    let pairEnd = middle + bytes.scalar(at: middle).length
    let pair = start..<pairEnd
    start = middle
    middle = pairEnd
    isFirst = false
    return pair
  }
}
