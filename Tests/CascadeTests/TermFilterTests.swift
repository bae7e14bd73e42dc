import SearchModel
import TestSupport
import Testing

@testable import Cascade

@Suite("Term filters") struct TermFilterTests {
  private static func fingerprints(_ count: Int, seed: UInt64) -> [TermFingerprint] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in TermFingerprint(generator.next()) }
  }

  private static func filter(_ count: Int = 1_000, seed: UInt64 = 5) -> TermFilter {
    TermFilter(TermFingerprints(revision: Revision(7), fingerprints(count, seed: seed)))
  }

  @Test(arguments: [1, 2, 63, 1_000, 100_000])
  func errsTowardsYesInOneOfAHundred(count: Int) {
    let filter = Self.filter(count)
    #expect(Self.fingerprints(count, seed: 5).allSatisfy(filter.mayHold))
    let others = Self.fingerprints(100_000, seed: 6)
    let share = Double(others.count { filter.mayHold($0) }) / Double(others.count)
    print(
      "of \(count) fingerprints: \(share * 100) % false positives, \(filter.encoded.count) bytes")
    #expect(share < 0.012)
    if count >= 1_000 { #expect(share > 0.004, "too good: are the others among them?") }
  }

  /// Of real terms, which are anything but random.
  @Test func errsAsSeldomOnTermsThatAreAlike() {
    let terms = (0..<50_000).map { number in
      TermFingerprint(StableHash.value(of: "term\(number)"))
    }
    let filter = TermFilter(TermFingerprints(revision: Revision(1), terms))
    let wrong = (50_000..<150_000).count {
      filter.mayHold(TermFingerprint(StableHash.value(of: "term\($0)")))
    }
    #expect(Double(wrong) / 100_000 < 0.012)
  }

  @Test func anEmptyFilterHoldsNothing() throws {
    let filter = Self.filter(0)
    #expect(!filter.mayHold(TermFingerprint(0)))
    #expect(filter.mayMatch(.anything))
    #expect(try TermFilter(decoding: filter.encoded) == filter)
  }

  @Test func sameTermsSameBytes() throws {
    let terms = Self.fingerprints(500, seed: 9)
    let one = TermFilter(TermFingerprints(revision: Revision(3), terms))
    let other = TermFilter(TermFingerprints(revision: Revision(3), terms.reversed() + terms))
    #expect(one.encoded == other.encoded)
    let decoded = try TermFilter(decoding: one.encoded)
    #expect(decoded == one)
    #expect(decoded.revision == Revision(3))
    #expect(decoded.count == 500)
  }

  /// Fixed for ever: filters travel between versions.
  @Test func theFormatStays() {
    let filter = TermFilter(
      TermFingerprints(
        revision: Revision(258),
        ["report", "보고서"].map { TermFingerprint(StableHash.value(of: $0)) }))
    let header: [UInt8] =
      Array("NTFB".utf8) + [1, 7, 0, 0]
      + [2, 1, 0, 0, 0, 0, 0, 0] + [2, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0, 0, 0, 0, 0]
    #expect(Array(filter.encoded.prefix(32)) == header)
    #expect(filter.words == [0x0310_8110_1401_8031])
  }

  @Test func everyDamageIsNoticed() {
    let bytes = Self.filter(20).encoded
    for position in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[position] ^= 1 << UInt8(bit)
        #expect(throws: TermFilterError.self, "byte \(position), bit \(bit)") {
          try TermFilter(decoding: damaged)
        }
      }
    }
    for count in bytes.indices {
      #expect(throws: TermFilterError.self, "\(count) bytes") {
        try TermFilter(decoding: Array(bytes.prefix(count)))
      }
    }
    #expect(throws: TermFilterError.self) { try TermFilter(decoding: bytes + [0]) }
  }

  @Test func eachFaultHasItsError() {
    let bytes = Self.filter(20).encoded
    #expect(throws: TermFilterError.notAFilter) { try decode(bytes, [0: 0]) }
    #expect(throws: TermFilterError.otherVersion(2)) { try decode(bytes, [4: 2]) }
    #expect(throws: TermFilterError.damaged) { try decode(bytes, [40: bytes[40] ^ 1]) }
    #expect(throws: TermFilterError.truncated(byteCount: 31, expected: 32)) {
      try TermFilter(decoding: Array(bytes.prefix(31)))
    }
    #expect(throws: TermFilterError.truncated(byteCount: 64, expected: bytes.count)) {
      try TermFilter(decoding: Array(bytes.prefix(64)))
    }
    for change: [Int: UInt8] in [[5: 0], [5: 17], [6: 1], [24: 0], [18: 1]] {
      #expect {
        try decode(bytes, change)
      } throws: {
        if case TermFilterError.impossible = $0 { true } else { false }
      }
    }
    // All bits set would have its server asked always; no twenty fingerprints do that.
    let greedy = TermFilter(
      revision: Revision(1), count: 20, probeCount: 7, words: [.max, .max, .max])
    #expect(throws: TermFilterError.impossible("192 bits are set for 20 fingerprints")) {
      try TermFilter(decoding: greedy.encoded)
    }
  }

  private func decode(_ bytes: [UInt8], _ changes: [Int: UInt8]) throws {
    var bytes = bytes
    for (position, value) in changes { bytes[position] = value }
    _ = try TermFilter(decoding: bytes)
  }

  @Test func whatIsTooLargeIsRefusedByItsFirstBytes() {
    var header = Self.filter(20).encoded.prefix(32)
    let wordCount: UInt64 = (100 << 20) / 8
    header.replaceSubrange(24..<32, with: withUnsafeBytes(of: wordCount.littleEndian, Array.init))
    var reader = TermFilterReader()
    #expect(throws: TermFilterError.tooLarge(wordCount: wordCount, byteLimit: 16 << 20)) {
      try reader.append(header[...])
    }
    header.replaceSubrange(24..<32, with: repeatElement(255, count: 8))
    var other = TermFilterReader(byteLimit: .max)
    #expect(throws: TermFilterError.self) { try other.append(header[...]) }
    var small = TermFilterReader(byteLimit: 8)
    #expect(throws: TermFilterError.self) { try small.append(Self.filter(20).encoded[...]) }
  }

  @Test func anyPiecesMakeTheSameFilter() throws {
    let filter = Self.filter(300)
    let bytes = filter.encoded
    var generator = SeededGenerator(seed: 12)
    for _ in 0..<50 {
      var reader = TermFilterReader()
      var rest = bytes[...]
      while !rest.isEmpty {
        let piece = rest.prefix(generator.number(0...60))
        try reader.append(piece)
        rest = rest.dropFirst(piece.count)
      }
      #expect(try reader.finish() == filter)
    }
  }

  /// What a stranger sends may be anything.
  @Test func noiseIsRefused() {
    var generator = SeededGenerator(seed: 13)
    let bytes = Self.filter(20).encoded
    for _ in 0..<5_000 {
      var noise = bytes
      for _ in 0..<generator.number(1...6) {
        noise[generator.number(4...31)] = UInt8(truncatingIfNeeded: generator.next())
      }
      if noise != bytes {
        #expect(throws: TermFilterError.self, "\(noise)") { try TermFilter(decoding: noise) }
      }
    }
  }
}
