import Crypto
import Exchange
import SearchModel

/// Computes a content hash block by block: the root of BEP 52's Merkle tree. Memory is one node a
/// level, whatever the length, and one for each piece.
///
/// Leaves are the SHA-256 of 16 KiB blocks (the last one as long as it is); a level of odd nodes is
/// filled up with the roots of trees of zero leaves, so that the tree is whole. BEP 52 gives an
/// empty file no root; here it is the SHA-256 of no bytes, which is what its one block of length 0
/// would give.
struct PiecesRoot {
  static let blockByteCount = 16 * 1024

  /// The level of the nodes that stand for one piece: 2^6 blocks.
  static let pieceLevel = 6

  /// For each level the finished subtree that waits for its right neighbour.
  private var waiting: [TreeNode?] = []
  private var blockCount = 0
  private var pieceNodes: [TreeNode] = []

  /// Adds the next block.
  ///
  /// - Parameter block: exactly ``blockByteCount`` bytes, fewer only in the last block.
  mutating func add(_ block: UnsafeRawBufferPointer) {
    var node = TreeNode(hashing: block)
    var level = 0
    while level < waiting.count, let left = waiting[level] {
      waiting[level] = nil
      node = TreeNode(parentOf: left, node)
      level += 1
      if level == Self.pieceLevel { pieceNodes.append(node) }
    }
    if level == waiting.count { waiting.append(nil) }
    waiting[level] = node
    blockCount += 1
  }

  /// Adds whole blocks; only the last one of the file may be shorter.
  mutating func add(blocksOf bytes: UnsafeRawBufferPointer) {
    for start in stride(from: 0, to: bytes.count, by: Self.blockByteCount) {
      let end = min(start + Self.blockByteCount, bytes.count)
      add(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
    }
  }

  /// The hash of all that was added.
  func finished() -> ContentHash { root(from: waiting[...]).contentHash }

  /// The hashes of the pieces of all that was added; nil where there is one piece at most, whose
  /// hash is the content's.
  func pieceHashes() -> PieceHashes? {
    let blocks = 1 << Self.pieceLevel
    guard blockCount > blocks else { return nil }
    let isOpen = !blockCount.isMultiple(of: blocks)
    return PieceHashes(nodes: pieceNodes + (isOpen ? [pieceRoot()] : []))
  }

  /// The node of the last, unfinished piece, or of the one piece that was added: its missing blocks
  /// count as zero leaves.
  func pieceRoot() -> TreeNode {
    let levels = waiting.prefix(Self.pieceLevel)
    guard levels.contains(where: { $0 != nil }) else { return pieceNodes.last ?? .zero }
    let missing = Self.pieceLevel - levels.count
    return root(from: levels + Array(repeating: nil, count: missing) + [nil])
  }

  /// The root of the tree over nodes of one level: those that lack a neighbour are given trees of
  /// zero leaves.
  static func root(of nodes: [TreeNode], level: Int) -> TreeNode {
    var filler = TreeNode.zero
    for _ in 0..<level { filler = TreeNode(parentOf: filler, filler) }
    var row = nodes
    while row.count > 1 {
      if !row.count.isMultiple(of: 2) { row.append(filler) }
      row = stride(from: 0, to: row.count, by: 2).map { TreeNode(parentOf: row[$0], row[$0 + 1]) }
      filler = TreeNode(parentOf: filler, filler)
    }
    return row.first ?? filler
  }

  /// - Parameter levels: the last one is the top.
  private func root(from levels: ArraySlice<TreeNode?>) -> TreeNode {
    guard blockCount > 0 else {
      return TreeNode(hashing: UnsafeRawBufferPointer(start: nil, count: 0))
    }
    var filler = TreeNode.zero
    var node: TreeNode?
    for (level, left) in levels.enumerated() {
      let isTop = level == levels.count - 1
      switch (left, node) {
      case (let left?, let right?): node = TreeNode(parentOf: left, right)
      // The last subtree of the top level is the whole tree.
      case (let left?, nil): node = isTop ? left : TreeNode(parentOf: left, filler)
      case (nil, let only?): node = isTop ? only : TreeNode(parentOf: only, filler)
      case (nil, nil): break
      }
      filler = TreeNode(parentOf: filler, filler)
    }
    return node ?? .zero  // The top level always waits: a block was added.
  }
}

/// A node of the tree: 32 bytes without an allocation of their own.
struct TreeNode: Hashable, Sendable {
  private var words: (UInt64, UInt64, UInt64, UInt64)

  static let zero = TreeNode(words: (0, 0, 0, 0))

  private init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

  init(hashing block: UnsafeRawBufferPointer) {
    var hasher = SHA256()
    hasher.update(bufferPointer: block)
    self.init(hasher.finalize())
  }

  init(parentOf left: TreeNode, _ right: TreeNode) {
    var hasher = SHA256()
    withUnsafeBytes(of: (left.words, right.words)) { hasher.update(bufferPointer: $0) }
    self.init(hasher.finalize())
  }

  private init(_ digest: SHA256.Digest) {
    words = digest.withUnsafeBytes { $0.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self) }
  }

  /// - Parameter bytes: exactly 32.
  init(bytes: UnsafeRawBufferPointer) {
    words = bytes.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self)
  }

  var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }

  // 32 bytes are always a content hash.
  var contentHash: ContentHash { ContentHash(bytes: bytes)! }

  static func == (left: TreeNode, right: TreeNode) -> Bool { left.words == right.words }

  func hash(into hasher: inout Hasher) {
    withUnsafeBytes(of: words) { hasher.combine(bytes: $0) }
  }
}
