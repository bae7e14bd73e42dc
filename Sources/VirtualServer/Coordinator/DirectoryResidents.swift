import Protocol

/// Which groups of a directory share an address, and which a band.
struct DirectoryResidents: Sendable {
  private(set) var atEndpoint: [NetworkEndpoint: Set<UInt64>] = [:]
  private(set) var inBand: [String: Set<UInt64>] = [:]

  mutating func add(_ entry: DirectoryEntry) {
    atEndpoint[entry.endpoint, default: []].insert(entry.group)
    inBand[entry.band, default: []].insert(entry.group)
  }

  mutating func remove(_ entry: DirectoryEntry) {
    Self.remove(entry.group, at: entry.endpoint, of: &atEndpoint)
    Self.remove(entry.group, at: entry.band, of: &inBand)
  }

  private static func remove<Key>(_ group: UInt64, at key: Key, of groups: inout [Key: Set<UInt64>])
  {
    groups[key]?.remove(group)
    if groups[key]?.isEmpty == true { groups[key] = nil }
  }
}
