import Protocol

/// How a virtual server stands: the group that it serves or stands by for, its lease, its clients, and
/// who is revoked.
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
  /// Nil before the first command to serve or to stand by. Who stands by never gets it renewed.
  private(set) var lease: GroupLease?
  /// Whether another virtual server serves the group, and here are only copies of its records.
  private(set) var isStandby = false
  private(set) var membership: Membership
  private(set) var choice: StandbyChoice
  private(set) var revoked = RevokedNames()
  private(set) var limitCount = 0
  private(set) var files = FileDirectory()
  private let presenceGrace: Int64

  /// - Parameter presenceGrace: how long a client may be silent before it counts as missing.
  init(host: NodeIdentity, presenceGrace: Int64, now: Int64) {
    self.host = host
    self.presenceGrace = presenceGrace
    membership = Membership(now: now)
    choice = StandbyChoice(now: now)
  }

  mutating func take(_ command: VirtualServerCommand, now: Int64) -> [Effect] {
    switch command {
    case .serve(let group, let epoch, let limitCount, let clients, let version):
      if isStandby || lease?.group != group || lease?.epoch != epoch {
        lease = GroupLease(group: group, epoch: epoch)
        choice = StandbyChoice(now: now)
      }
      isStandby = false
      self.limitCount = limitCount
      membership = Membership(clients, version: version, now: now)
      return [.settle]
    case .standBy(let order):
      lease = GroupLease(group: order.group, epoch: order.epoch)
      isStandby = true
      limitCount = order.limitCount
      membership = Membership(order.members, version: order.membership, now: now)
      for source in order.files ?? [] where source.node != host {
        files.note(source.endpoint, of: source.node)
      }
      return [.settle]
    case .lease(let epoch, let end, let limitCount):
      guard !isStandby else { return [] }
      lease?.renew(epoch: epoch, until: end)
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
    case .files(let endpoint):
      files.note(endpoint, of: host)
      return []
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

  /// Why a node's records are not taken; nil if they are. Who stands by takes copies in any epoch:
  /// whose they are and where they belong in its history, the node itself says.
  func refusal(
    ofRecordsBy node: NodeIdentity, group: UInt64, epoch: UInt64, now: Int64
  ) -> StandingRefusal? {
    if let refusal = refusal(of: node) { return refusal }
    guard let lease else { return .noGroup }
    guard lease.group == group, isStandby || lease.epoch == epoch else {
      return .otherEpoch(group: lease.group, epoch: lease.epoch)
    }
    if isStandby { return lease.isDraining ? .draining : nil }
    return lease.refusal(now: now)
  }

  mutating func heard(of node: NodeIdentity, incarnation: UInt64? = nil, now: Int64) {
    membership.heard(of: node, incarnation: incarnation, now: now)
  }

  /// A client said where it gives its files.
  mutating func take(_ offer: FileOffer?, of node: NodeIdentity, at address: String?) {
    var files = files
    files.take(offer, of: node, at: address)
    files.keep { isMember($0) }
    self.files = files
  }

  func takesRecords(now: Int64) -> Bool {
    lease.map { $0.refusal(now: now) == nil } ?? false
  }

  /// Whether the records of this node belong to the group.
  func isMember(_ node: NodeIdentity) -> Bool { node == host || membership.includes(node) }

  func isRevoked(_ node: NodeIdentity) -> Bool { revoked.includes(node) }

  /// Nil before the first command to serve or to stand by.
  func status(of contents: GroupContents, now: Int64) -> VirtualServerStatus? {
    lease.map { lease in
      VirtualServerStatus(
        group: lease.group, epoch: lease.epoch, membership: membership.version,
        limitCount: limitCount, missing: membership.missing(now: now, grace: presenceGrace),
        recordCount: contents.recordCount, takesRecords: takesRecords(now: now),
        incompleteNodes: incompleteNodes(in: contents), standby: standby(beside: contents))
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

/// Who keeps a second copy.
extension GroupStanding {
  /// A client said what it could do. Whoever stands by itself chooses nobody.
  ///
  /// - Parameter address: where the client is seen.
  mutating func take(
    _ offer: StandbyOffer?, of node: NodeIdentity, at address: String?, now: Int64
  ) {
    guard !isStandby, let group = lease?.group, let name = membership.name(of: node) else { return }
    choice.take(offer, of: name, at: address, group: group, now: now)
    choice.choose(among: membership.names, now: now)
  }

  /// What `node` is to do; nil unless it is the one to stand by.
  func order(to node: NodeIdentity) -> StandbyOrder? {
    guard !isStandby, let lease, let name = membership.name(of: node), choice.chosen == name else {
      return nil
    }
    let others = membership.list.filter { $0.node != name }
    return StandbyOrder(
      group: lease.group, epoch: lease.epoch, limitCount: limitCount,
      members: others + [GroupClient(node: host.node.text, incarnation: 0)],
      membership: membership.version, files: files.all { isMember($0) && $0 != node })
  }

  /// Who stands by. It is ready when it knows all members and lacks nothing that this one has.
  func standby(beside contents: GroupContents) -> GroupStandby? {
    guard !isStandby, let (name, copy) = choice.standby else { return nil }
    let lackedHere = Set(incompleteNodes(in: contents))
    return GroupStandby(
      node: name, endpoint: copy.endpoint,
      isReady: copy.membership == membership.version
        && copy.incompleteNodes.allSatisfy(lackedHere.contains))
  }
}
