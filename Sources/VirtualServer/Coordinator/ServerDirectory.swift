import Cascade
import Protocol
import RouterBands

/// The virtual servers that a coordinator knows, ordered by nearness to its own. Pure.
///
/// What the central server says is taken with care: an entry of the own machine, or a second one for
/// the same address, is left out, and a band whose way is not understood counts as far away.
struct ServerDirectory: Sendable {
  private var directory = Directory()
  private var measured: [UInt64: Duration] = [:]
  private var ordered: [CascadeServer]?
  /// By host; nil until somebody asks.
  private var bands: [String: Set<String>]?
  /// The group that this coordinator belongs to; nil before it serves one.
  var ownGroup: UInt64? {
    didSet { if ownGroup != oldValue { ordered = nil } }
  }
  /// The node that this coordinator runs on.
  let host: String

  init(host: String) {
    self.host = host
  }

  mutating func apply(_ delta: DirectoryDelta) {
    directory.apply(delta)
    measured = measured.filter { directory.entries[$0.key] != nil }
    ordered = nil
    bands = nil
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
    let before = nearness(of: server)
    measured[server.number] = roundTrip
    if let before, let after = nearness(of: server), before != after {
      move(server, from: before, to: after)
    }
  }

  /// Nil for who has no place in the order.
  private func nearness(of server: ServerIdentifier) -> Nearness? {
    guard let ownGroup, let entry = directory.entries[server.number] else { return nil }
    let own = directory.entries[ownGroup]
    let isSameBand = own?.band == entry.band
    let distance = distance(
      from: own.flatMap { path(of: $0.band) }, to: entry.band, isSame: isSameBand)
    return nearness(of: entry, isSameBand: isSameBand, distance)
  }

  private func nearness(
    of entry: DirectoryEntry, isSameBand: Bool, _ distance: BandDistance
  ) -> Nearness {
    Nearness(
      relation: isSameBand ? .sameBand : .otherBand, measured: measured[entry.group],
      distance: distance, key: Self.key(entry.group))
  }

  /// Gives one server its new place: ordering all of a large network anew takes far longer than a
  /// search.
  private mutating func move(
    _ server: ServerIdentifier, from before: Nearness, to after: Nearness
  ) {
    guard var servers = ordered else { return }
    // So that the array is not copied.
    ordered = nil
    let old = servers.firstPlace { !($0.nearness < before) }
    if old < servers.endIndex, servers[old].identifier == server {
      servers.remove(at: old)
      let place = servers.firstPlace { !($0.nearness < after) }
      servers.insert(CascadeServer(server, nearness: after), at: place)
    }
    ordered = servers
  }

  /// All of them, the own group first, nearest first. Empty before a group is served.
  mutating func nearestFirst() -> [CascadeServer] {
    if let ordered { return ordered }
    let servers = order()
    ordered = servers
    return servers
  }

  private func order() -> [CascadeServer] {
    guard let ownGroup else { return [] }
    let own = directory.entries[ownGroup]
    let ownPath = own.flatMap { path(of: $0.band) }
    var servers = [
      CascadeServer(
        ServerIdentifier(ownGroup),
        nearness: Nearness(relation: .ownGroup, distance: .sameBand, key: Self.key(ownGroup)))
    ]
    var distances: [String: BandDistance] = [:]
    for entry in entriesOfOthers(than: ownGroup) {
      let isSameBand = own?.band == entry.band
      let distance =
        distances[entry.band] ?? self.distance(from: ownPath, to: entry.band, isSame: isSameBand)
      distances[entry.band] = distance
      servers.append(
        CascadeServer(
          ServerIdentifier(entry.group),
          nearness: nearness(of: entry, isSameBand: isSameBand, distance)))
    }
    return servers.sorted { $0.nearness < $1.nearness }
  }

  /// One for each address, the one with the later lease.
  private func entriesOfOthers(than ownGroup: UInt64) -> [DirectoryEntry] {
    var byEndpoint: [NetworkEndpoint: DirectoryEntry] = [:]
    for entry in directory.entries.values where entry.group != ownGroup && entry.host != host {
      if let other = byEndpoint[entry.endpoint], other.epoch > entry.epoch { continue }
      byEndpoint[entry.endpoint] = entry
    }
    return Array(byEndpoint.values)
  }

  private func distance(
    from ownPath: RouterPath?, to band: String, isSame: Bool
  ) -> BandDistance {
    if isSame { return .sameBand }
    guard let ownPath, let path = path(of: band) else {
      return BandDistance(hops: Self.unknownHops)
    }
    return BandDistance(from: ownPath, to: path)
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

extension [CascadeServer] {
  /// The first place from which on the predicate holds; it must not hold before.
  fileprivate func firstPlace(where holds: (CascadeServer) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
