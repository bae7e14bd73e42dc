import TestSupport
import Testing

@testable import Exchange

@Suite struct PieceTests {
  @Test func piecesCoverTheFileOnceAndInOrder() throws {
    for byteCount: Int64 in [0, 1, 9, 10, 11, 20, 99] {
      let layout = try #require(PieceLayout(byteCount: byteCount, pieceByteCount: 10))
      var place: Int64 = 0
      for piece in 0..<layout.pieceCount {
        #expect(layout.bytes(of: piece).lowerBound == place)
        #expect(layout.byteCount(of: piece) > 0)
        place = layout.bytes(of: piece).upperBound
      }
      #expect(place == byteCount)
    }
    #expect(PieceLayout(byteCount: -1) == nil)
    #expect(PieceLayout(byteCount: .max) == nil)
    #expect(PieceLayout(byteCount: 25, pieceByteCount: 10)?.bytes(of: 1..<3) == 10..<25)
  }

  @Test func aSetIsWhatASetIs() {
    for seed in 0..<200 {
      var generator = SeededGenerator(seed: UInt64(seed))
      let count = generator.number(0...200)
      var set = PieceSet(pieceCount: count)
      var oracle: Set<Int> = []
      for _ in 0..<generator.number(0...2 * count) {
        let piece = generator.number(-2...(count + 2))
        let isNew = (0..<count).contains(piece) && oracle.insert(piece).inserted
        #expect(set.insert(piece) == isNew, "seed \(seed)")
      }
      #expect(set.count == oracle.count && set.isWhole == (oracle.count == count), "seed \(seed)")
      for start in 0...count {
        let missing = (start..<count).first { !oracle.contains($0) }
        #expect(set.firstMissing(from: start) == missing, "seed \(seed)")
        let present = (start..<count).first { oracle.contains($0) } ?? count
        #expect(set.firstPresent(from: start) == present, "seed \(seed)")
      }
    }
  }
}
