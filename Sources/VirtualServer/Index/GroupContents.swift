import Foundation
import Protocol
import SearchModel

/// What a group's index holds of each node. It is kept as a note of the commits that hold the
/// records, so that the two never differ, whenever the process is killed.
struct GroupContents: Hashable, Sendable, Codable {
  /// The group whose records these are; nil before the first.
  var group: UInt64?

  /// By ``Protocol/KeySpace/prefix``.
  private(set) var nodes: [String: NodeContents] = [:]

  /// The note's name.
  static let noteName = "group"

  var recordCount: Int { nodes.values.reduce(0) { $0 + $1.count } }

  subscript(node: NodeIdentity) -> NodeContents {
    get { nodes[KeySpace(of: node).prefix] ?? NodeContents(node: node) }
    set {
      // A node of which nothing is left to say is forgotten.
      let isNothing = newValue == NodeContents(node: node)
      nodes[KeySpace(of: node).prefix] = isNothing ? nil : newValue
    }
  }

  /// What a node has to do with the group.
  enum Claim: Hashable, Sendable {
    case member
    case released
    /// Its right was taken back.
    case revoked
  }

  /// Notes whose nodes are the group's now. Who is not has until the end of a grace time to come
  /// back; or none where its right was taken back, or where the group is another than before: its
  /// nodes publish elsewhere.
  ///
  /// - Parameter now: milliseconds since 1970.
  mutating func settle(group: UInt64, now: Int64, claim: (NodeIdentity) -> Claim) {
    let isOtherGroup = self.group != nil && self.group != group
    self.group = group
    for (prefix, entry) in nodes {
      switch claim(entry.node) {
      case .member: nodes[prefix]?.released = nil
      case .released where !isOtherGroup: nodes[prefix]?.released = entry.released ?? now
      case .released, .revoked: nodes[prefix]?.released = .min
      }
      if nodes[prefix] == NodeContents(node: entry.node) { nodes[prefix] = nil }
    }
  }

  /// The nodes whose records are to go: released for longer than `grace` milliseconds. Longest
  /// released first.
  func expired(now: Int64, grace: Int64) -> [NodeIdentity] {
    nodes.values
      .filter { entry in entry.released.map { $0 <= now - grace } ?? false }
      .sorted { ($0.released ?? 0, $0.node) < ($1.released ?? 0, $1.node) }
      .map(\.node)
  }

  // MARK: As a note

  func note() throws(EngineError) -> String {
    do {
      return String(decoding: try BoundedJSON.encode(self), as: UTF8.self)
    } catch {
      throw .invalidRequest("The state of the group cannot be written: \(error)")
    }
  }

  /// - Returns: nil where the text is no such note.
  init?(note: String) {
    // Our own text, whose length is that of the group.
    let limits = JSONLimits(
      byteCount: 256 << 20, depth: 16, valueCount: 10_000_000, stringByteCount: 1 << 20)
    guard let contents: GroupContents = try? BoundedJSON.decode(from: note.utf8, limits: limits)
    else { return nil }
    self = contents
  }

  init() {}
}

/// What a group's index holds of one node.
struct NodeContents: Hashable, Sendable, Codable {
  var node: NodeIdentity
  /// Nil while what is held is of no known catalog: nothing, or the rest of what is being removed.
  var catalog: String?
  var sequence: Int64 = 0
  var base: Int64 = 0
  /// The node's records in the index.
  var count = 0
  /// When the node left the group, in milliseconds since 1970; nil while it is in it.
  var released: Int64?
  /// Who may see what of it; nil where all that is held is for everyone.
  var shares: HeldShares?

  init(node: NodeIdentity) {
    self.node = node
  }

  /// Whether all that the node had when it began to publish is in the index.
  var isWhole: Bool { catalog != nil && sequence >= base }

  /// What is left is of no use to go on from. Who may see it stays as it is.
  mutating func forgetPosition() {
    catalog = nil
    sequence = 0
    base = 0
    shares?.version = nil
  }
}
