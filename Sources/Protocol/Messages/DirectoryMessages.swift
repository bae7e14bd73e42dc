/// A state of the central server's list of virtual servers. Numbers of different terms do not
/// compare: each leader counts anew.
public struct DirectoryVersion: Hashable, Sendable, Codable {
  public var term: UInt64
  public var number: UInt64

  public init(term: UInt64, number: UInt64) {
    self.term = term
    self.number = number
  }

  /// Of who has nothing yet.
  public static let nothing = DirectoryVersion(term: 0, number: 0)
}

/// A virtual server that listens, as all others may know it.
public struct DirectoryEntry: Hashable, Sendable, Codable {
  public var group: UInt64
  public var epoch: UInt64
  /// The node that it runs on, as its certificate names it.
  public var host: String
  public var endpoint: NetworkEndpoint
  /// The band's key.
  public var band: String

  public init(
    group: UInt64, epoch: UInt64, host: String, endpoint: NetworkEndpoint, band: String
  ) {
    self.group = group
    self.epoch = epoch
    self.host = host
    self.endpoint = endpoint
    self.band = band
  }
}

/// A band, and the routers from the central server towards it.
public struct DirectoryBand: Hashable, Sendable, Codable {
  public var key: String
  public var hops: [BandInformation.Hop]

  public init(key: String, hops: [BandInformation.Hop]) {
    self.key = key
    self.hops = hops
  }
}

/// What has changed in the list of virtual servers since the version that a node has.
public struct DirectoryDelta: Hashable, Sendable, Codable {
  /// The version that the node has after it took this in.
  public var version: DirectoryVersion
  /// Whether what the node has counts for nothing, because it is of another term or too old.
  public var startsAnew: Bool
  public var entries: [DirectoryEntry]
  /// Groups that are no more.
  public var removed: [UInt64]
  /// The bands of `entries`.
  public var bands: [DirectoryBand]
  /// Whether there is more already: report again soon.
  public var hasMore: Bool

  public init(
    version: DirectoryVersion, startsAnew: Bool, entries: [DirectoryEntry] = [],
    removed: [UInt64] = [], bands: [DirectoryBand] = [], hasMore: Bool = false
  ) {
    self.version = version
    self.startsAnew = startsAnew
    self.entries = entries
    self.removed = removed
    self.bands = bands
    self.hasMore = hasMore
  }
}

/// The list of virtual servers as a node has it: what the differences came to.
public struct Directory: Hashable, Sendable {
  public private(set) var version = DirectoryVersion.nothing
  /// By group.
  public private(set) var entries: [UInt64: DirectoryEntry] = [:]
  /// By key.
  public private(set) var bands: [String: DirectoryBand] = [:]

  public init() {}

  public mutating func apply(_ delta: DirectoryDelta) {
    if delta.startsAnew { self = Directory() }
    version = delta.version
    for band in delta.bands { bands[band.key] = band }
    for entry in delta.entries { entries[entry.group] = entry }
    for group in delta.removed { entries[group] = nil }
    // Bands cost little; those of nobody are dropped when most are.
    if bands.count > 2 * entries.count + 16 {
      let used = Set(entries.values.map(\.band))
      bands = bands.filter { used.contains($0.key) }
    }
  }

  /// The whole of it, in pieces of so many entries, for who has nothing.
  public func deltas(of count: Int) -> [DirectoryDelta] {
    let sorted = entries.values.sorted { $0.group < $1.group }
    return stride(from: 0, to: max(1, sorted.count), by: max(1, count)).map { start in
      let piece = Array(sorted[start..<min(start + count, sorted.count)])
      let keys = Set(piece.map(\.band))
      return DirectoryDelta(
        version: version, startsAnew: start == 0, entries: piece,
        bands: bands.values.filter { keys.contains($0.key) }.sorted { $0.key < $1.key },
        hasMore: start + count < sorted.count)
    }
  }
}
