import Cascade
import SearchModel

/// The statistics that virtual servers sent for queries, so that the same query again takes one round
/// trip. A server whose index has changed says so with its matches. Pure.
struct StatisticsCache: Sendable {
  private struct Entry {
    var servers: [ServerIdentifier: ServerStatistics] = [:]
    var lastUse: UInt64
  }

  private var entries: [Query: Entry] = [:]
  private var clock: UInt64 = 0
  private var count = 0
  let capacity: Int

  /// - Parameter capacity: how many servers' statistics are kept, all queries together.
  init(capacity: Int = 200_000) {
    self.capacity = capacity
  }

  mutating func statistics(for query: Query) -> [ServerIdentifier: ServerStatistics] {
    clock += 1
    entries[query]?.lastUse = clock
    return entries[query]?.servers ?? [:]
  }

  mutating func keep(_ statistics: [ServerIdentifier: ServerStatistics], for query: Query) {
    guard !statistics.isEmpty else { return }
    clock += 1
    var entry = entries[query] ?? Entry(lastUse: clock)
    count -= entry.servers.count
    entry.servers.merge(statistics) { _, new in new }
    entry.lastUse = clock
    count += entry.servers.count
    entries[query] = entry
    while count > capacity, entries.count > 1,
      let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      count -= oldest.value.servers.count
      entries[oldest.key] = nil
    }
  }
}
