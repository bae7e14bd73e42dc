import Protocol

/// How a virtual server stands: the group it serves, its lease, its clients, and who is revoked.
/// Pure: commands and times come in, answers and effects go out. Times are milliseconds of one steady
/// clock.
struct GroupStanding: Sendable {
  /// What a command asks of the process around.
  enum Effect: Hashable, Sendable {
    /// Whose records are the group's has changed.
    case settle
    case reloadIdentity
    case stop
  }

  /// The node that the process runs on: never a client of its own, and always let in.
  let host: NodeIdentity
  /// Nil before the first command to serve.
  private(set) var lease: GroupLease?
  private(set) var membership: Membership
  private(set) var revoked = RevokedNames()
  private(set) var limitCount = 0
  private let presenceGrace: Int64

  /// - Parameter presenceGrace: how long a client may be silent before it counts as missing.
  init(host: NodeIdentity, presenceGrace: Int64, now: Int64) {
    self.host = host
    self.presenceGrace = presenceGrace
    membership = Membership(now: now)
  }

  mutating func take(_ command: VirtualServerCommand, now: Int64) -> [Effect] {
    switch command {
    case .serve(let group, let epoch, let limitCount, let clients, let version):
      if lease?.group != group || lease?.epoch != epoch {
        lease = GroupLease(group: group, epoch: epoch)
      }
      self.limitCount = limitCount
      membership = Membership(clients, version: version, now: now)
      return [.settle]
    case .lease(let epoch, let duration, let limitCount):
      lease?.renew(epoch: epoch, duration: duration, now: now)
      if lease?.epoch == epoch { self.limitCount = limitCount }
      return []
    case .admit(let client, let version):
      return membership.admit(client, version: version, now: now) ? [.settle] : []
    case .release(let node, let version):
      return membership.release(node, version: version) ? [.settle] : []
    case .members(let clients, let version):
      membership.replace(clients, version: version, now: now)
      return [.settle]
    case .drain:
      lease?.drain()
      return []
    case .revocations(let delta):
      revoked.apply(delta)
      return [.settle]
    case .directory: return []
    case .reloadIdentity: return [.reloadIdentity]
    case .stop: return [.stop]
    }
  }

  /// Why a node is not trusted any more; nil if it is.
  func revocation(of node: NodeIdentity) -> StandingRefusal? {
    revoked.includes(node) ? .revoked(node) : nil
  }

  /// Why a node is not let in; nil if it is.
  func refusal(of node: NodeIdentity) -> StandingRefusal? {
    if let refusal = revocation(of: node) { return refusal }
    if node == host { return nil }
    guard lease != nil else { return .noGroup }
    return membership.includes(node) ? nil : .notAttached(node)
  }

  /// Why a node's records are not taken; nil if they are.
  func refusal(
    ofRecordsBy node: NodeIdentity, group: UInt64, epoch: UInt64, now: Int64
  ) -> StandingRefusal? {
    if let refusal = refusal(of: node) { return refusal }
    guard let lease else { return .noGroup }
    guard lease.group == group, lease.epoch == epoch else {
      return .otherEpoch(group: lease.group, epoch: lease.epoch)
    }
    return lease.refusal(now: now)
  }

  mutating func heard(of node: NodeIdentity, incarnation: UInt64? = nil, now: Int64) {
    membership.heard(of: node, incarnation: incarnation, now: now)
  }

  func takesRecords(now: Int64) -> Bool {
    lease.map { $0.refusal(now: now) == nil } ?? false
  }

  /// Whether the records of this node belong to the group.
  func isMember(_ node: NodeIdentity) -> Bool { node == host || membership.includes(node) }

  func isRevoked(_ node: NodeIdentity) -> Bool { revoked.includes(node) }

  /// Nil before the first command to serve.
  func status(recordCount: Int, now: Int64) -> VirtualServerStatus? {
    lease.map { lease in
      VirtualServerStatus(
        group: lease.group, epoch: lease.epoch, membership: membership.version,
        limitCount: limitCount, missing: membership.missing(now: now, grace: presenceGrace),
        recordCount: recordCount, takesRecords: takesRecords(now: now))
    }
  }

  /// Nodes of the group whose records are not all in the index yet, by name.
  func incompleteNodes(in contents: GroupContents) -> [String] {
    var whole: Set<String> = []
    for entry in contents.nodes.values where entry.isWhole {
      if entry.node == host { whole.insert(host.node.text) }
      if let name = membership.name(of: entry.node) { whole.insert(name) }
    }
    return (membership.names + [host.node.text]).filter { !whole.contains($0) }
  }
}
