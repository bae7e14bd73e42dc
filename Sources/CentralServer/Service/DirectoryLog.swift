import Placement
import Protocol
import RouterBands

/// The list of virtual servers that listen, with its changes in order, so that each node gets what is
/// new since it last asked. Kept in memory: a new leader begins a new term, and everybody takes the
/// whole list once.
struct DirectoryLog: Sendable {
  private let term: UInt64
  private var number: UInt64 = 0
  /// Every change after ``oldest``, in order; a group that changed again stands twice until the log
  /// is compacted.
  private var changes: [(number: UInt64, group: GroupID)] = []
  private var entries: [GroupID: (number: UInt64, row: VirtualServerRow)] = [:]
  private var removals: [GroupID: UInt64] = [:]
  private var groups: [BandKey: Set<GroupID>] = [:]
  private var paths: [BandKey: RouterPath] = [:]
  /// Who has an older version takes the whole list.
  private var oldest: UInt64 = 0

  /// Removals that are remembered, so that the log does not grow for ever.
  private let removalsKept: Int

  init(term: UInt64, tables: Tables, removalsKept: Int = 10_000) {
    self.term = term
    self.removalsKept = removalsKept
    for band in tables.bands.values { paths[band.key] = band.path }
    for row in tables.virtualServers.values.sorted(by: { $0.group < $1.group }) { put(row) }
  }

  var count: Int { entries.count }

  mutating func apply(_ rows: [RowChange]) {
    for row in rows {
      switch row {
      case .putVirtualServer(let row): put(row)
      case .removeVirtualServer(let group): remove(group)
      case .putBand(let band): put(band)
      case .putNode, .putLastNumber: break
      }
    }
    compactIfLong()
  }

  private mutating func put(_ row: VirtualServerRow) {
    // Between two of a group's virtual servers the former is of no use, and its records come again.
    guard row.endpoint != nil else { return remove(row.group) }
    if let known = entries[row.group]?.row, known.isSeenAlike(row) { return }
    if let known = entries[row.group]?.row { groups[known.band]?.remove(row.group) }
    groups[row.band, default: []].insert(row.group)
    removals[row.group] = nil
    entries[row.group] = (note(row.group), row)
  }

  private mutating func remove(_ group: GroupID) {
    guard let known = entries.removeValue(forKey: group) else { return }
    groups[known.row.band]?.remove(group)
    removals[group] = note(group)
  }

  private mutating func put(_ band: BandRow) {
    let known = paths.updateValue(band.path, forKey: band.key)
    // Round trips vary with every trace; only another way makes another distance.
    guard known?.hops.map(\.address) != band.path.hops.map(\.address) else { return }
    for group in (groups[band.key] ?? []).sorted() {
      guard let row = entries[group]?.row else { continue }
      entries[group] = (note(group), row)
    }
  }

  private mutating func note(_ group: GroupID) -> UInt64 {
    number += 1
    changes.append((number, group))
    return number
  }

  // MARK: Asking

  /// - Parameters:
  ///   - version: what the node has.
  ///   - limit: how many changes to tell at most.
  /// - Returns: nil when nothing has changed.
  func delta(after version: DirectoryVersion, limit: Int) -> DirectoryDelta? {
    let startsAnew =
      version.term != term || version.number < oldest || version.number > number
    let after = startsAnew ? 0 : version.number
    guard startsAnew || after < number else { return nil }
    let start = changes.partitioningIndex { $0.number > after }
    var delta = DirectoryDelta(
      version: DirectoryVersion(term: term, number: number), startsAnew: startsAnew)
    var bands: Set<BandKey> = []
    for change in changes[start...] {
      guard delta.entries.count + delta.removed.count < limit else {
        // The next one asks for what comes from this one on.
        delta.version.number = change.number - 1
        delta.hasMore = true
        break
      }
      if let (number, row) = entries[change.group], number == change.number {
        guard let entry = DirectoryEntry(row) else { continue }
        delta.entries.append(entry)
        bands.insert(row.band)
      } else if removals[change.group] == change.number, !startsAnew {
        delta.removed.append(change.group.number)
      }
    }
    delta.bands = bands.sorted { $0.description < $1.description }.map {
      DirectoryBand(key: $0, path: paths[$0] ?? RouterPath())
    }
    return delta
  }

  /// Forgets the older half of the removals.
  private mutating func forgetRemovals() {
    let numbers = removals.values.sorted()
    oldest = numbers[numbers.count / 2]
    removals = removals.filter { $0.value > oldest }
    changes.removeFirst(changes.partitioningIndex { $0.number > oldest })
    // Whoever takes the whole list in pieces asks for the next one with the number of the last entry
    // that it has: were that too old, it would be sent the first piece for ever.
    let old = entries.filter { $0.value.number <= oldest }.sorted {
      $0.value.number < $1.value.number
    }
    for (group, entry) in old { entries[group] = (note(group), entry.row) }
  }

  private mutating func compactIfLong() {
    if removals.count > removalsKept { forgetRemovals() }
    guard changes.count > 2 * (entries.count + removals.count) + 1_000 else { return }
    changes.removeAll { change in
      entries[change.group]?.number != change.number && removals[change.group] != change.number
    }
  }
}

extension Array {
  /// The first index from which on the predicate holds; it must not hold before.
  fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension VirtualServerRow {
  /// Whether others see no difference.
  fileprivate func isSeenAlike(_ other: VirtualServerRow) -> Bool {
    epoch == other.epoch && host == other.host && endpoint == other.endpoint && band == other.band
  }
}

extension DirectoryEntry {
  /// - Returns: nil for a virtual server that does not listen yet.
  fileprivate init?(_ row: VirtualServerRow) {
    guard let endpoint = row.endpoint else { return nil }
    self.init(
      group: row.group.number, epoch: row.epoch.number, host: row.host.name,
      endpoint: NetworkEndpoint(endpoint), band: row.band.description)
  }
}

extension DirectoryBand {
  fileprivate init(key: BandKey, path: RouterPath) {
    self.init(key: key.description, hops: path.hops.map(BandInformation.Hop.init))
  }
}
