import Crypto
public import SearchModel

/// The record keys of one node among those of all others.
///
/// A node makes keys of its files' paths, and two nodes with the same path make the same key. Where
/// records of many nodes are together, a key is the node's part, a full stop, and the node's own key.
/// The node's part is 12 characters of base64url, the first 9 bytes of the SHA-256 of its identity's
/// URI: the same in every index, so that a ranking whose ties are ordered by key is the same too.
public struct KeySpace: Hashable, Sendable {
  /// The node's part, without the full stop.
  public let prefix: String

  /// The longest key of a node's own that still fits.
  public static let longestOwnKey = RecordKey.maximumByteCount - prefixByteCount - 1

  private static let prefixByteCount = 12

  public init(of node: NodeIdentity) {
    let digest = Array(SHA256.hash(data: Array(PeerIdentity.node(node).uri.utf8)))
    var characters: [UInt8] = []
    for start in stride(from: 0, to: 9, by: 3) {
      let group =
        UInt32(digest[start]) << 16 | UInt32(digest[start + 1]) << 8 | UInt32(digest[start + 2])
      for shift: UInt32 in [18, 12, 6, 0] {
        characters.append(Self.alphabet[Int(group >> shift & 63)])
      }
    }
    prefix = String(decoding: characters, as: UTF8.self)
  }

  /// The key among all nodes' keys.
  /// - Returns: nil for a key that is longer than ``longestOwnKey``.
  public func sharedKey(of key: RecordKey) -> RecordKey? {
    RecordKey(prefix + "." + key.value)
  }

  /// The node's own key.
  /// - Returns: nil for a key of another node.
  public func ownKey(of key: RecordKey) -> RecordKey? {
    guard contains(key) else { return nil }
    return RecordKey(
      String(decoding: key.value.utf8.dropFirst(Self.prefixByteCount + 1), as: UTF8.self))
  }

  /// The label of one of the node's shares among those of all nodes.
  /// - Returns: nil for a label that is longer than ``ShareTable/longestLabel``.
  public func sharedLabel(of label: ShareLabel) -> ShareLabel? {
    guard label.value.utf8.count <= ShareTable.longestLabel else { return nil }
    return ShareLabel(prefix + "." + label.value)
  }

  /// Whether the key, one among all nodes' keys, is this node's.
  public func contains(_ key: RecordKey) -> Bool {
    Self.prefix(of: key)?.utf8.elementsEqual(prefix.utf8) ?? false
  }

  /// The part of a key that names the node; nil for one that names none.
  public static func prefix(of key: RecordKey) -> String? {
    let bytes = Array(key.value.utf8.prefix(prefixByteCount + 1))
    guard bytes.count == prefixByteCount + 1, bytes.last == UInt8(ascii: ".") else { return nil }
    return String(validating: bytes.dropLast(), as: UTF8.self)
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}
