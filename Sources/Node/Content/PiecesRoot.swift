import Crypto
import SearchModel

/// Computes a content hash block by block: the root of BEP 52's Merkle tree. Memory is one node a
/// level, whatever the length.
///
/// Leaves are the SHA-256 of 16 KiB blocks (the last one as long as it is); a level of odd nodes is
/// filled up with the roots of trees of zero leaves, so that the tree is whole. BEP 52 gives an
/// empty file no root; here it is the SHA-256 of no bytes, which is what its one block of length 0
/// would give.
struct PiecesRoot {
  static let blockByteCount = 16 * 1024

  typealias Node = [UInt8]

  /// For each level the finished subtree that waits for its right neighbour.
  private var waiting: [Node?] = []
  private var blockCount = 0

  /// Adds the next block.
  ///
  /// - Parameter block: exactly ``blockByteCount`` bytes, fewer only in the last block.
  mutating func add(_ block: UnsafeRawBufferPointer) {
    var node = Node(SHA256.hash(data: block))
    var level = 0
    while level < waiting.count, let left = waiting[level] {
      waiting[level] = nil
      node = Self.parent(left, node)
      level += 1
    }
    if level == waiting.count { waiting.append(nil) }
    waiting[level] = node
    blockCount += 1
  }

  /// The hash of all that was added.
  func finished() -> ContentHash {
    // 32 bytes are always a content hash.
    ContentHash(bytes: root())!
  }

  private func root() -> Node {
    guard blockCount > 0 else { return Node(SHA256.hash(data: [UInt8]())) }
    var filler = Node(repeating: 0, count: ContentHash.byteCount)
    var node: Node?
    for (level, left) in waiting.enumerated() {
      let isTop = level == waiting.count - 1
      switch (left, node) {
      case (let left?, let right?): node = Self.parent(left, right)
      // The last subtree of the top level is the whole tree.
      case (let left?, nil): node = isTop ? left : Self.parent(left, filler)
      case (nil, let only?): node = Self.parent(only, filler)
      case (nil, nil): break
      }
      filler = Self.parent(filler, filler)
    }
    return node!  // The top level always waits: a block was added.
  }

  private static func parent(_ left: Node, _ right: Node) -> Node {
    Node(SHA256.hash(data: left + right))
  }
}
