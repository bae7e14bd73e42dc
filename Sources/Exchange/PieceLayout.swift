/// How a file is cut into pieces: the unit that is asked for, verified and kept.
public struct PieceLayout: Hashable, Sendable {
  /// 64 blocks of the content hash's tree: a piece is whole subtrees of it.
  public static let standardPieceByteCount = 1 << 20

  /// More than any file has; sizes beyond it come from who misleads.
  public static let longestFile: Int64 = 1 << 50

  /// Of the whole file.
  public let byteCount: Int64
  public let pieceByteCount: Int

  /// - Returns: nil for a size that no file has.
  public init?(byteCount: Int64, pieceByteCount: Int = Self.standardPieceByteCount) {
    guard (0...Self.longestFile).contains(byteCount), pieceByteCount > 0 else { return nil }
    self.byteCount = byteCount
    self.pieceByteCount = pieceByteCount
  }

  /// An empty file has none.
  public var pieceCount: Int {
    Int((byteCount + Int64(pieceByteCount) - 1) / Int64(pieceByteCount))
  }

  /// Where a piece lies in the file.
  public func bytes(of piece: Int) -> Range<Int64> {
    let start = Int64(piece) * Int64(pieceByteCount)
    return start..<min(start + Int64(pieceByteCount), byteCount)
  }

  public func byteCount(of piece: Int) -> Int {
    let range = bytes(of: piece)
    return Int(range.upperBound - range.lowerBound)
  }

  /// Where pieces that follow each other lie in the file.
  public func bytes(of pieces: Range<Int>) -> Range<Int64> {
    guard let last = pieces.last else { return 0..<0 }
    return bytes(of: pieces.lowerBound).lowerBound..<bytes(of: last).upperBound
  }
}
