import Placement
import Protocol
import RouterBands
import TestSupport
import Testing

@testable import CentralServer

/// Whoever asks for the list of virtual servers ends with the list, however it changes and however
/// small its pieces are.
@Suite("the log of the directory") struct DirectoryLogNewcomerTests {
  /// A node's copy, which takes differences in as it is told to.
  private struct Copy {
    var version = DirectoryVersion(term: 0, number: 0)
    var entries: [UInt64: DirectoryEntry] = [:]
    var hasMore = false

    /// - Returns: whether there was anything new.
    mutating func ask(_ log: DirectoryLog, limit: Int) -> Bool {
      guard let delta = log.delta(after: version, limit: limit) else {
        hasMore = false
        return false
      }
      #expect(delta.entries.count + delta.removed.count <= limit)
      if delta.startsAnew { entries = [:] }
      for group in delta.removed { entries[group] = nil }
      for entry in delta.entries { entries[entry.group] = entry }
      (version, hasMore) = (delta.version, delta.hasMore)
      return true
    }

    /// - Returns: how often it asked until there was nothing new; nil if it never came to an end.
    mutating func catchUp(_ log: DirectoryLog, limit: Int) -> Int? {
      for count in 0...(2 * log.count + 200) where !ask(log, limit: limit) { return count }
      return nil
    }
  }

  /// The list as one that remembers nothing else would have it.
  private typealias Oracle = [UInt64: String]

  private static func row(_ group: UInt64, _ host: Int) -> VirtualServerRow {
    Samples.server(group, host: "host\(host)")
  }

  private static func expect(
    _ copy: Copy, isLike oracle: Oracle, _ context: String
  ) {
    #expect(copy.entries.mapValues(\.host) == oracle, "\(context)")
  }

  @Test(arguments: 1...30) func everybodyEndsWithTheList(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    var tables = Tables()
    var oracle: Oracle = [:]
    for group in 1...UInt64(20) {
      tables.apply(.putVirtualServer(Self.row(group, 0)))
      oracle[group] = "host0"
    }
    let kept = [0, 1, 2, 5, 20][seed % 5]
    var log = DirectoryLog(term: 7, tables: tables, removalsKept: kept)
    var copies = [Copy](repeating: Copy(), count: 5)
    for step in 0..<400 {
      let group = UInt64.random(in: 1...40, using: &generator)
      if Bool.random(using: &generator) {
        log.apply([.removeVirtualServer(GroupID(group))])
        oracle[group] = nil
      } else {
        let host = Int.random(in: 0...3, using: &generator)
        log.apply([.putVirtualServer(Self.row(group, host))])
        oracle[group] = "host\(host)"
      }
      let asking = Int.random(in: 0..<copies.count, using: &generator)
      _ = copies[asking].ask(log, limit: Int.random(in: 1...4, using: &generator))
      guard step % 20 == 0 else { continue }
      let limit = Int.random(in: 1...6, using: &generator)
      for start in copies + [Copy()] {
        var copy = start
        let context = "seed \(seed), step \(step), pieces of \(limit), \(kept) removals"
        let count = copy.catchUp(log, limit: limit)
        #expect(count != nil, "it comes to no end: \(context)")
        #expect(!copy.hasMore)
        Self.expect(copy, isLike: oracle, context)
      }
    }
  }

  /// Old entries beside removals that were forgotten: the whole list takes as many pieces as it has.
  @Test func aNewcomerTakesTheListInPieces() throws {
    var tables = Tables()
    for group in 1...UInt64(100) { tables.apply(.putVirtualServer(Self.row(group, 0))) }
    var log = DirectoryLog(term: 1, tables: tables, removalsKept: 4)
    for group in 1_000...UInt64(1_020) {
      log.apply([.putVirtualServer(Self.row(group, 0))])
      log.apply([.removeVirtualServer(GroupID(group))])
    }
    var copy = Copy()
    let ended = copy.catchUp(log, limit: 10)
    let count = try #require(ended)
    #expect(count <= 12)
    #expect(Set(copy.entries.keys) == Set(1...100))
  }
}
