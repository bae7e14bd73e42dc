import Protocol

/// Users and nodes that are not trusted any more, as far as the virtual server was told. Pure.
struct RevokedNames: Hashable, Sendable {
  private(set) var revision: UInt64 = 0
  private var users: Set<String> = []
  private var nodes: Set<String> = []

  /// Takes a difference in; one that was taken in before, or an older one, changes nothing.
  mutating func apply(_ delta: RevocationDelta) {
    guard delta.revision > revision else { return }
    revision = delta.revision
    users.subtract(delta.restoredUsers)
    users.formUnion(delta.users)
    nodes.subtract(delta.restoredNodes)
    nodes.formUnion(delta.nodes)
  }

  func includes(_ node: NodeIdentity) -> Bool {
    users.contains(node.user.text) || nodes.contains(node.node.text)
      || nodes.contains(node.description)
  }
}
