/// Cuts a word of a name where people see a border: `ProjectPlan` into `Project` and `Plan`,
/// `PDFFile` into `PDF` and `File`, `report2024` into `report` and `2024`.
///
/// A single letter stays with its digits, since nobody means the letter alone: `v2`, `1080p`, and
/// `s01e02` into `s01` and `e02`.
enum NameSplitter {
  /// A word with more parts is left whole: it is a hash or a serial number, whose pieces nobody
  /// searches and which would fill an index.
  static let maximumPartCount = 8

  /// Replaces `ends` by the ends of the parts, ascending, as byte offsets; the last is the run's.
  static func split(
    _ run: Run, of bytes: UnsafeBufferPointer<UInt8>, into ends: inout [Int]
  ) {
    ends.removeAll(keepingCapacity: true)
    var previous: CharacterClass?
    var beforePrevious: CharacterClass?
    var previousOffset = run.start
    var offset = run.start
    while offset < run.end {
      let (characterClass, length) = classify(bytes, at: offset)
      if let previous {
        if isBorder(previous, characterClass) {
          ends.append(offset)
        } else if previous == .uppercase, beforePrevious == .uppercase,
          characterClass == .lowercase
        {
          ends.append(previousOffset)
        }
      }
      // Twice the limit, because single letters may still join their digits.
      if ends.count > 2 * maximumPartCount { break }
      beforePrevious = previous
      previous = characterClass
      previousOffset = offset
      offset += length
    }
    if offset < run.end { ends.removeAll(keepingCapacity: true) }
    ends.append(run.end)
    if ends.count > 1 { joinSingleLetters(run, of: bytes, in: &ends) }
    if ends.count > maximumPartCount {
      ends.removeAll(keepingCapacity: true)
      ends.append(run.end)
    }
  }

  private static func classify(
    _ bytes: UnsafeBufferPointer<UInt8>, at offset: Int
  ) -> (CharacterClass, Int) {
    if bytes[offset] < 0x80 { return (CharacterClass(ascii: bytes[offset]), 1) }
    let (scalar, length) = bytes.scalar(at: offset)
    return (CharacterClass(scalar), length)
  }

  private static func isBorder(_ left: CharacterClass, _ right: CharacterClass) -> Bool {
    if (left == .digit) != (right == .digit) { return true }
    return right == .uppercase && left != .uppercase
  }

  /// Removes the border between a letter that stands alone and the digits behind it, or, where
  /// there are none, the digits before it.
  private static func joinSingleLetters(
    _ run: Run, of bytes: UnsafeBufferPointer<UInt8>, in ends: inout [Int]
  ) {
    var kept = 0
    var start = run.start
    // Whether the part before, if there is one, is made of digits alone.
    var followsDigits = false
    for index in ends.indices {
      let end = ends[index]
      let (characterClass, length) = classify(bytes, at: start)
      if characterClass != .digit, start + length == end {
        let isBeforeDigits =
          index + 1 < ends.count && classify(bytes, at: end).0 == .digit
        if isBeforeDigits {
          // The part goes on: its end is that of the digits.
          followsDigits = false
          start = end
          continue
        }
        if followsDigits { kept -= 1 }
      }
      followsDigits = characterClass == .digit
      ends[kept] = end
      kept += 1
      start = end
    }
    ends.removeLast(ends.count - kept)
  }
}
