import SearchModel

/// The distinct terms of one record, in the order of first occurrence: an open-addressing table
/// over one arena of bytes. It is cleared for each record and keeps its storage.
struct TermTable {
  struct Entry {
    var start: Int
    var count: Int
    var occurrences: FieldOccurrences
    var positionCount: Int
  }

  private(set) var entries: [Entry] = []
  /// The bytes of the terms, and behind them those of the term that is being written.
  private(set) var arena: [UInt8] = []
  private var openStart = 0

  /// An entry's index in the low half, the generation that wrote it in the high half: what an
  /// earlier generation wrote is empty, so clearing costs nothing.
  private var slots: [UInt64]
  private var generation: UInt64 = 1
  /// Chosen by chance, so that nobody can prepare a record whose terms all fall into one slot.
  private let seed = UInt64.random(in: .min ... .max)

  init() {
    slots = Array(repeating: 0, count: 256)
  }

  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    arena.removeAll(keepingCapacity: true)
    openStart = 0
    generation += 1
    if generation > UInt64(UInt32.max) {
      generation = 1
      for index in slots.indices { slots[index] = 0 }
    }
  }

  // MARK: Writing a term

  /// Appends ASCII bytes without case to the term being written.
  mutating func appendFoldedASCII(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
    let room = TermLimits.maximumByteCount + 1 - (arena.count - openStart)
    for byte in bytes.prefix(max(room, 0)) { arena.append(TextNormalization.foldedASCII(byte)) }
  }

  /// Appends NFC text without case to the term being written.
  mutating func appendFolded(_ bytes: UnsafeBufferPointer<UInt8>) {
    TextNormalization.appendFolded(bytes, to: &arena)
  }

  mutating func append(_ bytes: some Sequence<UInt8>) {
    arena.append(contentsOf: bytes)
  }

  /// Replaces the term being written by its stem when it is an English word.
  mutating func stem() {
    let start = openStart
    let count = arena.count - start
    guard count > 2, count <= TermLimits.maximumByteCount else { return }
    let stemCount = arena.withUnsafeMutableBufferPointer { bytes -> Int in
      let word = UnsafeMutableBufferPointer(rebasing: bytes[start...])
      for byte in word where byte &- UInt8(ascii: "a") >= 26 { return count }
      return EnglishStemmer.stem(word, count: count)
    }
    arena.removeLast(count - stemCount)
  }

  /// Ends the term being written, cut to the limit, and counts it.
  ///
  /// - Returns: the index of its entry; nil when nothing was written.
  @discardableResult
  mutating func close(_ field: Field) -> Int? {
    var count = arena.count - openStart
    guard count > 0 else { return nil }
    if count > TermLimits.maximumByteCount {
      var end = openStart + TermLimits.maximumByteCount
      while arena[end] & 0xC0 == 0x80 { end -= 1 }
      arena.removeLast(arena.count - end)
      count = end - openStart
    }
    let index = find(count: count)
    entries[index].occurrences.add(field)
    openStart = arena.count
    return index
  }

  mutating func addPosition(to index: Int) { entries[index].positionCount += 1 }

  // MARK: Finding it

  private mutating func find(count: Int) -> Int {
    if 2 * entries.count >= slots.count { grow() }
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash(start: openStart, count: count)) & mask
    while true {
      let content = slots[slot]
      if content >> 32 != generation {
        slots[slot] = generation << 32 | UInt64(entries.count)
        entries.append(
          Entry(start: openStart, count: count, occurrences: [], positionCount: 0))
        return entries.count - 1
      }
      let index = Int(content & 0xFFFF_FFFF)
      if entries[index].count == count, equals(entries[index].start, count: count) {
        arena.removeLast(count)
        return index
      }
      slot = (slot + 1) & mask
    }
  }

  private func equals(_ start: Int, count: Int) -> Bool {
    arena.withUnsafeBufferPointer { bytes in
      for offset in 0..<count where bytes[start + offset] != bytes[openStart + offset] {
        return false
      }
      return true
    }
  }

  private func hash(start: Int, count: Int) -> UInt64 {
    var hash = seed
    arena.withUnsafeBytes { bytes in
      var offset = start
      let end = start + count
      while offset + 8 <= end {
        hash = Self.mixed(
          hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        offset += 8
      }
      var tail = UInt64(count)
      while offset < end {
        tail = tail << 8 | UInt64(bytes[offset])
        offset += 1
      }
      hash = Self.mixed(hash ^ tail)
    }
    return hash
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    let (high, low) = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return high ^ low
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: 2 * slots.count)
    let mask = slots.count - 1
    for (index, entry) in entries.enumerated() {
      var slot = Int(truncatingIfNeeded: hash(start: entry.start, count: entry.count)) & mask
      while slots[slot] >> 32 == generation { slot = (slot + 1) & mask }
      slots[slot] = generation << 32 | UInt64(index)
    }
  }
}
