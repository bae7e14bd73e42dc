import Protocol

/// What the central server says.
extension NodeBehaviour {
  mutating func follow(_ instruction: PlacementInstruction, sentAt: Duration, sequence: UInt64) {
    switch instruction {
    case .becomeVirtualServer(let group, let epoch, let limitCount, let clients, let membership):
      serve(
        ServedGroup(
          group: group, epoch: epoch, limitCount: limitCount,
          clients: Dictionary(
            clients.map { ($0.node, $0.incarnation) }, uniquingKeysWith: { max($0, $1) }),
          membership: membership))
    case .renewed(let group, let epoch, let renewed, let duration, let limitCount):
      guard renewed == sequence else { return }
      renew(
        group, epoch, until: sentAt + .milliseconds(max(0, duration)) * pacing.trustedLease,
        limitCount: limitCount)
    case .attach(let group, let epoch, let host, let endpoint):
      attach(
        to: GroupServer(group: group, epoch: epoch, host: host, endpoint: endpoint, isOwn: false))
    case .wait, .confirmed: break
    case .detach(let group): detach(from: group)
    case .drain(let group, let epoch): drain(group, epoch)
    case .admit(let client, let membership):
      changeMembers(to: membership, by: instruction) { $0[client.node] = client.incarnation }
    case .release(let client, let membership):
      changeMembers(to: membership, by: instruction) { $0[client] = nil }
    case .members(let clients, let membership): replaceMembers(clients, membership, instruction)
    case .refusedOldIncarnation(let known): joinAnew(after: known)
    case .refusedJoinFirst: joinAnew(after: incarnation)
    }
  }

  private mutating func serve(_ group: ServedGroup) {
    switch standing {
    case .serving(let present) where present.epoch >= group.epoch: return
    case .attached(let server) where server.group == group.group && server.epoch > group.epoch:
      return
    default: break
    }
    standing = .serving(group)
    isRetiring = false
    // What the process has of this group, it goes on from.
    duty = nil
    knownStandby = nil
    leavePresence()
    switch process.phase {
    case .listening:
      process.downSince = nil
      actions.append(.command(group.serveCommand))
      reportSoon()
    case .absent:
      process.phase = .due(now)
      process.downSince = now
    case .due, .starting:
      process.downSince = now
    }
  }

  private mutating func renew(
    _ group: UInt64, _ epoch: UInt64, until end: Duration, limitCount: Int
  ) {
    guard case .serving(var present) = standing, present.group == group, present.epoch == epoch
    else { return }
    present.isAnnounced = true
    present.limitCount = limitCount
    present.leaseEnd = max(present.leaseEnd ?? end, end)
    standing = .serving(present)
    sendLease(of: present)
  }

  private mutating func attach(to server: GroupServer) {
    switch standing {
    case .serving(let present):
      guard present.epoch <= server.epoch else { return }
      retire()
    case .attached(let present):
      // A group of another band may be older; within a group the later lease counts.
      guard present != server, present.group != server.group || present.epoch <= server.epoch
      else { return }
    case .seeking: break
    }
    if duty?.order.group != server.group { endStandingBy() }
    if knownStandby?.node == server.host || used?.group != server.group { knownStandby = nil }
    standing = .attached(server)
    isPresent = false
    presenceBackoff.reset()
    presenceDue = now
  }

  private mutating func detach(from group: UInt64) {
    guard case .attached(let server) = standing, server.group == group else { return }
    standing = .seeking
    leavePresence()
    reportSoon(within: pacing.rehoming)
  }

  private mutating func drain(_ group: UInt64, _ epoch: UInt64) {
    guard case .serving(let present) = standing, present.group == group, present.epoch == epoch
    else { return }
    standing = .seeking
    retire()
    reportSoon()
  }

  /// The process answers searches on until the node has another virtual server.
  private mutating func retire() {
    process.downSince = nil
    guard process.isRunning else {
      process.phase = .absent
      return
    }
    isRetiring = true
    actions.append(.command(.drain))
  }

  /// A list that is one step behind is brought forward; any other waits for the whole list, which
  /// the central server sends when a report shows the gap.
  private mutating func changeMembers(
    to membership: UInt64, by instruction: PlacementInstruction,
    _ change: (inout [String: UInt64]) -> Void
  ) {
    guard case .serving(var present) = standing, membership == present.membership &+ 1 else {
      return
    }
    change(&present.clients)
    present.membership = membership
    takeMembers(present, instruction)
  }

  private mutating func replaceMembers(
    _ clients: [GroupClient], _ membership: UInt64, _ instruction: PlacementInstruction
  ) {
    guard case .serving(var present) = standing, membership >= present.membership else { return }
    present.clients = Dictionary(
      clients.map { ($0.node, $0.incarnation) }, uniquingKeysWith: { max($0, $1) })
    present.membership = membership
    takeMembers(present, instruction)
  }

  private mutating func takeMembers(_ group: ServedGroup, _ instruction: PlacementInstruction) {
    var group = group
    group.missing.removeAll { group.clients[$0.node] != $0.incarnation }
    standing = .serving(group)
    guard process.phase == .listening else { return }
    switch instruction {
    case .admit(let client, let membership):
      actions.append(.command(.admit(client, membership: membership)))
    case .release(let client, let membership):
      actions.append(.command(.release(client, membership: membership)))
    default:
      actions.append(.command(.members(group.clientList, membership: group.membership)))
    }
  }

  /// Another start of this node, or none, is known there: begin anew with a greater number. What
  /// runs goes on until there is word of what the node is to be.
  private mutating func joinAnew(after known: UInt64) {
    guard known >= incarnation else { return }
    incarnation = known &+ 1
    sequence = 0
    actions.append(.storeIncarnation(incarnation))
    switch standing {
    case .serving: retire()
    case .attached, .seeking: break
    }
    standing = .seeking
    leavePresence()
    // Once is a matter of course; again and again, two daemons may run with one identity.
    let wait = refusalBackoff.next(
      from: .milliseconds(20), to: pacing.longestRetry, chance: &chance)
    reportDue = now + wait
  }
}
