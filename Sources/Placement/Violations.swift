/// What always holds, by name.
public enum Invariant: String, Hashable, Sendable, CaseIterable {
  /// `client_count` is never over `limit_count`, and neither is negative.
  case clientCountWithinLimit
  /// Each present node is in exactly one group of its own band; who is not present is in none.
  case oneGroupEach
  /// A node starts a group only where no group of the band has room.
  case roomBeforeOverflow
  /// A group without clients ends as soon as another of its band serves and has room.
  case loneNodesConverge
  /// `client_count` is the number of nodes that are attached.
  case countsAreTrue
  /// Each group has one lease with an epoch that no other has, and nobody else has one.
  case oneLeaseEach
  /// Who is to take a group over first is a client of it.
  case standbyIsClient
  /// What is derived from the tables is what the tables say.
  case indicesAgree
}

/// An invariant that does not hold, and where.
public struct Violation: Hashable, Sendable, CustomStringConvertible {
  public var invariant: Invariant
  public var detail: String

  public var description: String { "\(invariant.rawValue): \(detail)" }
}

/// The stored tables contradict themselves. Something else than this program changed them: restore
/// them from a backup, or empty the table of virtual servers and the nodes' groups; every node
/// finds its place again by joining.
public struct InconsistentTables: Error, Hashable, Sendable, CustomStringConvertible {
  public var violations: [Violation]

  public var description: String {
    "The central tables contradict themselves (\(violations.prefix(3).map(\.description).joined(separator: "; "))). "
      + "Restore them from a backup, or clear the virtual servers and the nodes' groups: nodes then join anew."
  }
}

extension Tables {
  /// Every invariant of the tables alone that does not hold. Walks through all of them: for tests
  /// and for reading them in.
  public var violations: [Violation] {
    var found: [Violation] = []
    var clientCounts: [GroupID: Int] = [:]
    for row in nodes.values {
      guard let group = row.group else {
        if row.presence == .present { found.add(.oneGroupEach, "\(row.node) is in none") }
        continue
      }
      guard let server = virtualServers[group], server.band == row.band, row.presence == .present
      else {
        found.add(.oneGroupEach, "\(row.node) (\(row.presence), \(row.band)) is in \(group)")
        continue
      }
      if server.host != row.node { clientCounts[group, default: 0] += 1 }
    }
    var epochs: Set<Epoch> = []
    for row in virtualServers.values {
      let count = clientCounts[row.group] ?? 0
      if count != row.clientCount {
        found.add(.countsAreTrue, "\(row.group) says \(row.clientCount), there are \(count)")
      }
      if row.clientCount > row.limitCount || row.clientCount < 0 {
        found.add(
          .clientCountWithinLimit, "\(row.group): \(row.clientCount) of \(row.limitCount)")
      }
      if nodes[row.host]?.group != row.group {
        found.add(.oneGroupEach, "\(row.host) serves \(row.group) and is not in it")
      }
      if !epochs.insert(row.epoch).inserted || row.epoch.number > lastNumber
        || row.group.number > lastNumber
      {
        found.add(.oneLeaseEach, "\(row.group) has \(row.epoch)")
      }
    }
    return found.sorted { $0.description < $1.description }
  }
}

extension PlacementMachine {
  /// Every invariant that does not hold. Empty between any two events. Walks through everything:
  /// for tests.
  public var violations: [Violation] {
    var found = tables.violations
    let leased = Set(leases.elements)
    if leased != Set(tables.virtualServers.keys) {
      found.add(.oneLeaseEach, "\(leased.count) leases, \(tables.virtualServers.count) groups")
    }
    for (band, rows) in Dictionary(grouping: tables.virtualServers.values, by: \.band) {
      let lone = rows.filter { $0.clientCount == 0 }
      let targets = rows.filter { $0.hasRoom && $0.endpoint != nil }
      for row in lone where targets.contains(where: { $0.group != row.group }) {
        found.add(.loneNodesConverge, "\(row.group) in \(band), where another has room")
      }
      let index = bands[band]
      if Set(rows.filter(\.hasRoom).map(\.group)) != index.map({ Set($0.rooms.elements) })
        || Set(lone.map(\.group)) != index.map({ Set($0.lone.elements) })
        || rows.count != index?.groupCount
      {
        found.add(.indicesAgree, "the look-ups of \(band)")
      }
    }
    let clients = tables.nodes.values.filter { row in
      row.group != nil && row.group.flatMap { tables.virtualServers[$0]?.host } != row.node
    }
    if Set(clients.map(\.node)) != Set(silences.elements) {
      found.add(.indicesAgree, "clients whose silence is watched")
    }
    for row in clients {
      let rank = PromotionRank(environment: row.environment, node: row.node)
      if row.group.flatMap({ members[$0]?.clients.priority(of: row.node) }) != rank {
        found.add(.indicesAgree, "\(row.node) among the clients of its group")
      }
    }
    for (group, membership) in members {
      guard let standby = membership.standby else { continue }
      if tables.nodes[standby]?.group != group || tables.virtualServers[group]?.host == standby {
        found.add(.standbyIsClient, "\(standby) of \(group)")
      }
    }
    let listed = members.values.reduce(0) { $0 + $1.clients.count }
    if listed != clients.count || members.count != tables.virtualServers.count {
      found.add(.indicesAgree, "\(listed) clients listed, \(clients.count) in the table")
    }
    return found.sorted { $0.description < $1.description }
  }
}

extension [Violation] {
  fileprivate mutating func add(_ invariant: Invariant, _ detail: String) {
    append(Violation(invariant: invariant, detail: detail))
  }
}
