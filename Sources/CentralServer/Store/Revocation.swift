import Placement

/// Whose right is taken back.
public enum RevocationSubject: Hashable, Sendable {
  case user(UserSerial)
  case node(NodeID)
}

/// The last word on a user or node.
public struct RevocationEntry: Hashable, Sendable {
  public var subject: RevocationSubject
  /// The user's id, or the node's name: what stands in certificates.
  public var name: String
  /// False for one that was reinstated.
  public var isRevoked: Bool
  public var revision: UInt64
  public var time: Moment

  public init(
    subject: RevocationSubject, name: String, isRevoked: Bool, revision: UInt64, time: Moment
  ) {
    self.subject = subject
    self.name = name
    self.isRevoked = isRevoked
    self.revision = revision
    self.time = time
  }
}

/// What changed after a revision. Of several changes of one subject only the last is there.
public struct RevocationChanges: Hashable, Sendable {
  /// In the order of their revisions.
  public var entries: [RevocationEntry]
  /// Whether more follows after the last of them.
  public var isLast: Bool

  public init(entries: [RevocationEntry], isLast: Bool) {
    self.entries = entries
    self.isLast = isLast
  }
}

/// Everything that is revoked, as far as the holder has heard.
public struct RevocationRegister: Hashable, Sendable {
  /// What to ask the next difference after; 0 before the first.
  public private(set) var revision: UInt64 = 0
  private var users: [String: UserSerial] = [:]
  private var serials: Set<UserSerial> = []
  private var nodes: Set<NodeID> = []

  public init() {}

  /// Takes in a difference. One that was taken in already, or an older one, changes nothing.
  public mutating func apply(_ delta: RevocationChanges) {
    for entry in delta.entries where entry.revision > revision {
      revision = entry.revision
      switch entry.subject {
      case .user(let serial):
        users[entry.name] = entry.isRevoked ? serial : nil
        if entry.isRevoked { serials.insert(serial) } else { serials.remove(serial) }
      case .node(let node):
        if entry.isRevoked { nodes.insert(node) } else { nodes.remove(node) }
      }
    }
  }

  public func isRevoked(_ user: UserSerial) -> Bool { serials.contains(user) }
  /// By the id as the user's entry spells it.
  public func isRevoked(userid: String) -> Bool { users[userid] != nil }
  public func isRevoked(_ node: NodeID) -> Bool { nodes.contains(node) }
}
