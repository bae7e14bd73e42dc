import Cascade
import Protocol
import RouterBands

/// The virtual servers that a coordinator knows, ordered by nearness to its own. Pure.
///
/// What the central server says is taken with care: an entry of the own machine, or a second one for
/// the same address, is left out, and a band whose way is not understood counts as far away.
///
/// A difference moves those that it touches, and nobody else: ordering all of a large network anew
/// takes far longer than a search.
struct ServerDirectory: Sendable {
  private var directory = Directory()
  private var residents = DirectoryResidents()
  private var measured: [UInt64: Duration] = [:]
  /// From the own band to others; those that were wanted so far.
  private var distances: [String: BandDistance] = [:]
  private var ownPath: RouterPath?
  /// Nil where it is to be made anew.
  private var order: NearestFirst?
  /// By host; nil until somebody asks.
  private var bands: [String: Set<String>]?
  /// The group that this coordinator belongs to; nil before it serves one.
  var ownGroup: UInt64? {
    didSet { if ownGroup != oldValue { forgetOrder() } }
  }
  /// The node that this coordinator runs on.
  let host: String

  init(host: String) {
    self.host = host
  }

  // MARK: What is said

  mutating func apply(_ delta: DirectoryDelta) {
    guard order != nil, !delta.startsAnew, !movesOwnPlace(delta) else {
      take(delta)
      return forgetOrder()
    }
    let affected = groups(affectedBy: delta)
    let before = affected.compactMap { placed($0) }
    take(delta)
    let after = affected.compactMap { placed($0) }
    order?.change(removing: before, adding: after)
  }

  private mutating func take(_ delta: DirectoryDelta) {
    let bandCount = directory.bands.count
    let leaving = delta.startsAnew ? Array(directory.entries.values) : formerEntries(of: delta)
    if delta.startsAnew {
      residents = DirectoryResidents()
    } else {
      for entry in leaving { residents.remove(entry) }
    }
    directory.apply(delta)
    bands = nil
    for group in Set(delta.entries.map(\.group)) {
      if let entry = directory.entries[group] { residents.add(entry) }
    }
    for entry in leaving where directory.entries[entry.group] == nil {
      measured[entry.group] = nil
    }
    for band in delta.bands { distances[band.key] = nil }
    // Those of nobody were dropped.
    if directory.bands.count < bandCount { distances = [:] }
  }

  /// What is known of the groups of which something else is said now.
  private func formerEntries(of delta: DirectoryDelta) -> [DirectoryEntry] {
    Set(delta.entries.map(\.group) + delta.removed).compactMap { directory.entries[$0] }
  }

  private mutating func forgetOrder() {
    order = nil
    distances = [:]
    ownPath = nil
  }

  /// Whether all distances are others afterwards.
  private func movesOwnPlace(_ delta: DirectoryDelta) -> Bool {
    guard let ownGroup else { return true }
    return delta.removed.contains(ownGroup)
      || delta.entries.contains { $0.group == ownGroup && $0.band != ownBand }
      || delta.bands.contains { $0.key == ownBand && $0 != directory.bands[$0.key] }
  }

  /// Those that may stand elsewhere afterwards, or not at all.
  private func groups(affectedBy delta: DirectoryDelta) -> Set<UInt64> {
    var groups = Set(delta.entries.map(\.group) + delta.removed)
    for entry in delta.entries + formerEntries(of: delta) {
      groups.formUnion(residents.atEndpoint[entry.endpoint] ?? [])
    }
    for band in delta.bands where band != directory.bands[band.key] {
      groups.formUnion(residents.inBand[band.key] ?? [])
    }
    return groups
  }

  /// Whether the node is known to host a virtual server of the own band: the central server says so,
  /// which decides bands and which a node cannot lie to.
  mutating func isOfOwnBand(host: String) -> Bool {
    guard let ownBand else { return false }
    let known = bands ?? bandsByHost()
    bands = known
    // One that is said to be in two places is believed to be in neither.
    return known[host] == [ownBand]
  }

  private func bandsByHost() -> [String: Set<String>] {
    var bands: [String: Set<String>] = [:]
    for entry in directory.entries.values { bands[entry.host, default: []].insert(entry.band) }
    return bands
  }

  /// Nil for one's own and for who is not known.
  func entry(of server: ServerIdentifier) -> DirectoryEntry? {
    server.number == ownGroup ? nil : directory.entries[server.number]
  }

  var ownBand: String? { ownGroup.flatMap { directory.entries[$0]?.band } }

  /// How long a question took to be answered, the way included. The smallest counts.
  mutating func note(roundTrip: Duration, of server: ServerIdentifier) {
    guard server.number != ownGroup, directory.entries[server.number] != nil else { return }
    let known = measured[server.number]
    guard known.map({ roundTrip < $0 }) ?? true else { return }
    let before = placed(server.number)
    measured[server.number] = roundTrip
    if let before, let after = placed(server.number), before != after {
      order?.change(removing: [before], adding: [after])
    }
  }

  // MARK: The order

  /// All of them, the own group first, nearest first. Empty before a group is served.
  mutating func nearestFirst() -> [CascadeServer] {
    if let order { return order.servers }
    guard let ownGroup else { return [] }
    let own = CascadeServer(
      ServerIdentifier(ownGroup),
      nearness: Nearness(relation: .ownGroup, distance: .sameBand, key: Self.key(ownGroup)))
    let order = NearestFirst([own] + directory.entries.keys.compactMap { placed($0) })
    self.order = order
    return order.servers
  }

  /// Another group's server at its place; nil for one that has none.
  private mutating func placed(_ group: UInt64) -> CascadeServer? {
    guard let ownGroup, let entry = directory.entries[group], group != ownGroup,
      entry.host != host, isLatest(entry)
    else { return nil }
    return CascadeServer(
      ServerIdentifier(group),
      nearness: Nearness(
        relation: entry.band == ownBand ? .sameBand : .otherBand, measured: measured[group],
        distance: distance(to: entry.band), key: Self.key(group)))
  }

  /// One counts for each address, the one with the later lease.
  private func isLatest(_ entry: DirectoryEntry) -> Bool {
    let others = residents.atEndpoint[entry.endpoint] ?? []
    return !others.contains { group in
      guard group != ownGroup, let other = directory.entries[group], other.host != host else {
        return false
      }
      return (other.epoch, group) > (entry.epoch, entry.group)
    }
  }

  private mutating func distance(to band: String) -> BandDistance {
    if let known = distances[band] { return known }
    if ownPath == nil { ownPath = ownBand.flatMap { path(of: $0) } }
    var distance = BandDistance(hops: Self.unknownHops)
    if band == ownBand {
      distance = .sameBand
    } else if let ownPath, let path = path(of: band) {
      distance = BandDistance(from: ownPath, to: path)
    }
    distances[band] = distance
    return distance
  }

  /// Farther than anything that is known.
  private static let unknownHops = 1_000

  private func path(of band: String) -> RouterPath? {
    directory.bands[band].map { band in
      RouterPath(
        band.hops.map { hop in
          let time = hop.roundTripTime.flatMap { $0.isFinite && (0...3600).contains($0) ? $0 : nil }
          return Hop(hop.address.flatMap { IPAddress($0) }, roundTrip: time.map { .seconds($0) })
        })
    }
  }

  /// Orders as the numbers do.
  private static func key(_ group: UInt64) -> String {
    let text = String(group)
    return String(repeating: "0", count: 20 - text.count) + text
  }
}
