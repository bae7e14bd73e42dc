import Exchange
import SearchModel
import TestSupport
import Testing

@testable import Node

@Suite struct PieceHashesTests {
  /// A content and all that is known of it, with pieces of 32 KiB.
  struct Sample {
    let bytes: [UInt8]
    let layout: PieceLayout
    let hash: ContentHash
    let pieces: PieceHashes?

    init(byteCount: Int, seed: UInt64, pieceByteCount: Int = 32 * 1024) {
      var generator = SeededGenerator(seed: seed)
      // By words: random bytes one by one take long where nothing is optimised.
      let words = (0..<(byteCount + 7) / 8).map { _ in generator.next() }
      bytes = words.withUnsafeBytes { Array($0.prefix(byteCount)) }
      layout = PieceLayout(byteCount: Int64(byteCount), pieceByteCount: pieceByteCount)!
      var tree = PiecesRoot(pieceLevel: layout.level)
      bytes.withUnsafeBytes { tree.add(blocksOf: $0) }
      hash = tree.finished()
      pieces = tree.pieceHashes()
    }

    var verifier: PieceVerifier { PieceVerifier(hash: hash, layout: layout, hashes: pieces) }

    func piece(_ number: Int) -> ArraySlice<UInt8> {
      let range = layout.bytes(of: number)
      return bytes[Int(range.lowerBound)..<Int(range.upperBound)]
    }
  }

  @Test(arguments: [
    0, 1, 16_384, 32_768, 32_769, 65_536, 65_537, 98_304, 98_305, 131_072, 163_841, 500_001,
  ])
  func theHashOfTheContentProvesThoseOfItsPieces(count: Int) throws {
    let sample = Sample(byteCount: count, seed: UInt64(count))
    #expect((sample.pieces != nil) == (sample.layout.pieceCount > 1))
    // The root does not depend on how the pieces are cut.
    #expect(
      sample.hash == Sample(byteCount: count, seed: UInt64(count), pieceByteCount: 1 << 20).hash)
    if let pieces = sample.pieces {
      #expect(pieces.nodes.count == sample.layout.pieceCount)
      #expect(PieceHashes(bytes: pieces.bytes, of: sample.hash, layout: sample.layout) == pieces)
    }
    for number in 0..<sample.layout.pieceCount {
      var bytes = Array(sample.piece(number))
      #expect(bytes.withUnsafeBytes { sample.verifier.isTrue($0, piece: number) })
      bytes[count % bytes.count] ^= 1
      #expect(!bytes.withUnsafeBytes { sample.verifier.isTrue($0, piece: number) })
    }
  }

  @Test func falseHashesAreNotBelieved() throws {
    let sample = Sample(byteCount: 163_841, seed: 1)
    let bytes = try #require(sample.pieces).bytes
    for place in stride(from: 0, to: bytes.count, by: 7) {
      var forged = bytes
      forged[place] ^= 4
      #expect(PieceHashes(bytes: forged, of: sample.hash, layout: sample.layout) == nil)
    }
    for count in [0, 32, bytes.count - 32, bytes.count - 1] {
      let short = Array(bytes.prefix(count))
      #expect(PieceHashes(bytes: short, of: sample.hash, layout: sample.layout) == nil)
    }
    #expect(PieceHashes(bytes: bytes + bytes, of: sample.hash, layout: sample.layout) == nil)
  }

  @Test func piecesOfAnotherLengthAreFalse() {
    let sample = Sample(byteCount: 70_000, seed: 2)
    let piece = Array(sample.piece(0))
    #expect(!piece.dropLast().withUnsafeBytes { sample.verifier.isTrue($0, piece: 0) })
    #expect(!piece.withUnsafeBytes { sample.verifier.isTrue($0, piece: 1) })
    let withoutHashes = PieceVerifier(hash: sample.hash, layout: sample.layout, hashes: nil)
    #expect(withoutHashes.needsHashes)
    #expect(!piece.withUnsafeBytes { withoutHashes.isTrue($0, piece: 0) })
  }
}
