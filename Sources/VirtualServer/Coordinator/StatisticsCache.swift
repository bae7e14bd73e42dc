import Cascade
import SearchModel

/// The statistics that virtual servers sent for queries, so that the same query again takes one round
/// trip. A server whose index has changed says so with its matches. What counts records that only one
/// user may see is kept for that user alone. Pure.
struct StatisticsCache: Sendable {
  private struct Entry {
    var servers: [ServerIdentifier: ServerStatistics] = [:]
    var lastUse: UInt64
  }

  private struct Key: Hashable {
    var query: Query
    /// Nil for what everyone may know.
    var user: String?
  }

  private var entries: [Key: Entry] = [:]
  private var clock: UInt64 = 0
  private var count = 0
  let capacity: Int

  /// - Parameter capacity: how many servers' statistics are kept, all queries together.
  init(capacity: Int = 200_000) {
    self.capacity = capacity
  }

  mutating func statistics(
    for query: Query, by user: String? = nil
  ) -> [ServerIdentifier: ServerStatistics] {
    let common = use(Key(query: query, user: nil))
    guard let user else { return common }
    return common.merging(use(Key(query: query, user: user))) { _, own in own }
  }

  private mutating func use(_ key: Key) -> [ServerIdentifier: ServerStatistics] {
    clock += 1
    entries[key]?.lastUse = clock
    return entries[key]?.servers ?? [:]
  }

  mutating func keep(
    _ statistics: [ServerIdentifier: ServerStatistics], for query: Query, by user: String? = nil
  ) {
    let personal = statistics.filter(\.value.isPersonal)
    let common = Key(query: query, user: nil)
    keep(statistics.filter { !$0.value.isPersonal }, under: common)
    guard let user else { return }
    let own = Key(query: query, user: user)
    // A server that has no more for the user than for everyone must not be believed to have.
    for server in statistics.keys where personal[server] == nil {
      if entries[own]?.servers.removeValue(forKey: server) != nil { count -= 1 }
    }
    keep(personal, under: own)
  }

  private mutating func keep(
    _ statistics: [ServerIdentifier: ServerStatistics], under key: Key
  ) {
    guard !statistics.isEmpty else { return }
    clock += 1
    var entry = entries[key] ?? Entry(lastUse: clock)
    count -= entry.servers.count
    entry.servers.merge(statistics) { _, new in new }
    entry.lastUse = clock
    count += entry.servers.count
    entries[key] = entry
    while count > capacity, entries.count > 1,
      let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      count -= oldest.value.servers.count
      entries[oldest.key] = nil
    }
  }
}
