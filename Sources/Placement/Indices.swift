import RouterBands

/// The clients of one group, the one to promote first.
struct Membership: Sendable {
  var clients = IndexedHeap<NodeID, PromotionRank>()
  /// Changes with every change of `clients`, so that a virtual server can tell whether its list is
  /// the present one.
  var version: UInt64
  /// The client that has all of the group's index too, as the virtual server last said. Not stored:
  /// the next report says it again.
  private(set) var standby: NodeID?

  init(version: UInt64) {
    self.version = version
  }

  mutating func remove(_ client: NodeID) {
    clients.remove(client)
    if standby == client { standby = nil }
  }

  /// - Parameter node: whoever is no client cannot take over and counts as none.
  mutating func setStandby(_ node: NodeID?) {
    standby = node.flatMap { clients.priority(of: $0) == nil ? nil : $0 }
  }

  /// Who takes the group over: who has its index, as long as it can serve anybody, and the fittest
  /// otherwise.
  var successor: NodeID? {
    if let standby, let rank = clients.priority(of: standby), rank.environment.limitCount > 0 {
      return standby
    }
    return clients.first
  }
}

/// Who takes over a group that has no standby: the largest capacity, then the longest uptime, then the name.
struct PromotionRank: Comparable, Sendable {
  let environment: Environment
  let node: NodeID

  static func < (left: PromotionRank, right: PromotionRank) -> Bool {
    (-left.environment.limitCount, left.environment.startedAt, left.node)
      < (-right.environment.limitCount, right.environment.startedAt, right.node)
  }
}

/// The groups of one band that a decision looks for.
struct BandIndex: Sendable {
  /// A group that serves comes before one that is about to, an older before a younger.
  struct RoomRank: Comparable, Sendable {
    let isStarting: Bool
    let group: GroupID

    static func < (left: RoomRank, right: RoomRank) -> Bool {
      left.isStarting == right.isStarting ? left.group < right.group : right.isStarting
    }
  }

  struct Youngest: Comparable, Sendable {
    let group: GroupID

    static func < (left: Youngest, right: Youngest) -> Bool { left.group > right.group }
  }

  var rooms = IndexedHeap<GroupID, RoomRank>()
  /// The groups without a client, the youngest first: it gives way to the others.
  var lone = IndexedHeap<GroupID, Youngest>()
  var groupCount = 0

  mutating func set(_ row: VirtualServerRow) {
    let roomRank = RoomRank(isStarting: row.endpoint == nil, group: row.group)
    rooms.set(row.group, to: row.hasRoom ? roomRank : nil)
    lone.set(row.group, to: row.clientCount == 0 ? Youngest(group: row.group) : nil)
  }

  mutating func remove(_ group: GroupID) {
    rooms.remove(group)
    lone.remove(group)
  }

  /// A lone group and one that serves and has room for its host: the youngest lone group goes, to
  /// the oldest other. Nil when there is no such pair.
  var nextToConverge: (lone: GroupID, target: GroupID)? {
    guard let youngest = lone.first else { return nil }
    if let target = serving(rooms.first == youngest ? rooms.second : rooms.first) {
      return (youngest, target)
    }
    // The one group with room is the youngest itself, or none is: an older one may go there.
    guard let other = lone.second, let target = serving(rooms.first) else { return nil }
    return (other, target)
  }

  private func serving(_ group: GroupID?) -> GroupID? {
    group.flatMap { rooms.priority(of: $0)?.isStarting == false ? $0 : nil }
  }

  var stepCount: Int { rooms.stepCount + lone.stepCount }
}
