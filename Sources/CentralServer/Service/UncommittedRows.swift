import Placement

/// The changes that the machine has made and the store does not have yet: one batch on its way to
/// the store, one that gathers what comes meanwhile. Pure.
///
/// Only the last word on each row is kept, so that a store that is full or away for long costs no
/// more memory than the tables.
struct UncommittedRows: Sendable {
  private enum Row: Hashable {
    case node(NodeID)
    case group(GroupID)
    case band(String)
    case lastNumber
  }

  private var gathered: [Row: RowChange] = [:]
  private var underWay: [Row: RowChange]?
  /// The number of the batch that gathers.
  private(set) var batch: UInt64 = 1

  init() {}

  /// Nothing to store, for a new start; no batch has a number that an earlier one had.
  init(after former: UncommittedRows) {
    batch = former.batch + 1
  }

  var isEmpty: Bool { gathered.isEmpty && underWay == nil }
  var isUnderWay: Bool { underWay != nil }

  mutating func add(_ changes: [RowChange]) {
    for change in changes { gathered[Self.row(of: change)] = change }
  }

  /// Whether what is said to a node, or about a group, rests on something that is not stored.
  func touches(_ node: NodeID, groups: some Sequence<GroupID>) -> Bool {
    isUncommitted(.node(node)) || groups.contains { isUncommitted(.group($0)) }
  }

  /// The batch that must be stored before anything that is known now may be said.
  var lastBatch: UInt64 { gathered.isEmpty ? batch - 1 : batch }

  /// Begins a commit.
  ///
  /// - Returns: nil if there is nothing to store, or a commit is under way.
  mutating func begin() -> (batch: UInt64, changes: [RowChange])? {
    guard underWay == nil, !gathered.isEmpty else { return nil }
    defer { batch += 1 }
    let changes = Array(gathered.values)
    underWay = gathered
    gathered = [:]
    return (batch, changes)
  }

  mutating func succeed() {
    underWay = nil
  }

  /// What was not stored goes into the next commit, unless something newer is known.
  mutating func fail() {
    gathered.merge(underWay ?? [:]) { newer, _ in newer }
    underWay = nil
  }

  private func isUncommitted(_ row: Row) -> Bool {
    gathered[row] != nil || underWay?[row] != nil
  }

  private static func row(of change: RowChange) -> Row {
    switch change {
    case .putNode(let row): .node(row.node)
    case .putVirtualServer(let row): .group(row.group)
    case .removeVirtualServer(let group): .group(group)
    case .putBand(let row): .band(row.key.description)
    case .putLastNumber: .lastNumber
    }
  }
}
