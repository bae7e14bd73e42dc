import Exchange
import SearchModel

/// The hashes of a file's pieces, 32 bytes each, by which each piece is verified when it comes: one
/// level of the content hash's tree (BEP 52 calls it the piece layer).
struct PieceHashes: Hashable, Sendable {
  let nodes: [TreeNode]

  init(nodes: [TreeNode]) { self.nodes = nodes }

  /// What somebody says are the hashes of a file's pieces.
  ///
  /// - Returns: nil unless `hash` proves it.
  init?(bytes: [UInt8], of hash: ContentHash, layout: PieceLayout) {
    guard layout.pieceCount > 1, bytes.count == layout.pieceCount * ContentHash.byteCount else {
      return nil
    }
    nodes = bytes.withUnsafeBytes { buffer in
      stride(from: 0, to: buffer.count, by: ContentHash.byteCount).map { start in
        TreeNode(bytes: UnsafeRawBufferPointer(rebasing: buffer[start..<(start + 32)]))
      }
    }
    guard PiecesRoot.root(of: nodes, level: PiecesRoot.pieceLevel).contentHash == hash else {
      return nil
    }
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(nodes.count * ContentHash.byteCount)
    for node in nodes { bytes += node.bytes }
    return bytes
  }
}

/// Tells whether a piece of a file is what the file's hash says.
struct PieceVerifier: Sendable {
  let hash: ContentHash
  let layout: PieceLayout
  /// Nil while they are not known; a file of one piece has none.
  let hashes: PieceHashes?

  /// Whether the hashes must come before a piece can be verified.
  var needsHashes: Bool { layout.pieceCount > 1 && hashes == nil }

  /// - Parameter bytes: all of the piece.
  func isTrue(_ bytes: UnsafeRawBufferPointer, piece: Int) -> Bool {
    guard bytes.count == layout.byteCount(of: piece) else { return false }
    var tree = PiecesRoot()
    tree.add(blocksOf: bytes)
    if layout.pieceCount == 1 { return tree.finished() == hash }
    guard let hashes, hashes.nodes.indices.contains(piece) else { return false }
    return tree.pieceRoot() == hashes.nodes[piece]
  }
}
