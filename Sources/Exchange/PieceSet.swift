/// Some of the pieces of a file.
public struct PieceSet: Hashable, Sendable {
  /// Of all pieces, in the set or not.
  public let pieceCount: Int
  /// Of those in the set.
  public private(set) var count = 0
  private var words: [UInt64]

  /// Without any piece.
  public init(pieceCount: Int) {
    self.pieceCount = pieceCount
    words = Array(repeating: 0, count: (pieceCount + 63) / 64)
  }

  public var isWhole: Bool { count == pieceCount }

  public func contains(_ piece: Int) -> Bool {
    (0..<pieceCount).contains(piece) && words[piece >> 6] & (1 << UInt64(piece & 63)) != 0
  }

  /// - Returns: whether it was not in the set.
  @discardableResult
  public mutating func insert(_ piece: Int) -> Bool {
    guard (0..<pieceCount).contains(piece), !contains(piece) else { return false }
    words[piece >> 6] |= 1 << UInt64(piece & 63)
    count += 1
    return true
  }

  /// The first piece from this one on that is not in the set.
  public func firstMissing(from start: Int) -> Int? {
    guard start < pieceCount else { return nil }
    var word = start >> 6
    var missing = ~words[word] & (UInt64.max << UInt64(start & 63))
    while missing == 0 {
      word += 1
      guard word < words.count else { return nil }
      missing = ~words[word]
    }
    let piece = word << 6 + missing.trailingZeroBitCount
    return piece < pieceCount ? piece : nil
  }

  /// The first piece from this one on that is in the set; the number of pieces where there is none.
  public func firstPresent(from start: Int) -> Int {
    var piece = start
    while piece < pieceCount {
      let rest = words[piece >> 6] >> UInt64(piece & 63)
      if rest != 0 { return piece + rest.trailingZeroBitCount }
      piece = (piece >> 6 + 1) << 6
    }
    return pieceCount
  }
}
