import Foundation
import GRDB
import Placement
import TestSupport
import Testing

@testable import CentralServer

@Suite("SQLite in trouble") struct SQLiteFaultTests {
  @Test func aFullDiskIsSaidToBeOneAndNothingIsHalfWritten() async throws {
    let path = try TemporaryFolder.make() + "/central.sqlite"
    let store = try await SQLiteCentralStore(path: path)
    let term = try await store.lead()
    try await store.commit([.putNode(Samples.node("a"))], term: term)
    let before = try await store.loadTables()
    try await Self.limitPages(of: store, growth: 3)
    let many: [RowChange] =
      [.putVirtualServer(Samples.server(1, host: "h")), .putLastNumber(9)]
      + (0..<5000).map { .putNode(Samples.node("n\($0)")) }
    await #expect(throws: CentralStoreError.full(database: path)) {
      try await store.commit(many, term: term)
    }
    #expect(try await store.loadTables() == before)
    let long = String(repeating: "x", count: 1 << 20)
    await #expect(throws: CentralStoreError.full(database: path)) {
      try await store.addUser(
        Samples.user("user", displayName: long), invitation: nil, at: Samples.now)
    }
    #expect(try await store.users(after: nil, limit: 9).isEmpty)
    try await Self.limitPages(of: store, growth: 1 << 20)
    try await store.commit(many, term: term)
    #expect(try await store.loadTables().nodes.count == 5001)
  }

  /// Each file system fills to another point, so another step is the one that fails.
  @Test(
    .enabled("mounting a small file system needs root, and a system that allows it") {
      SmallDisk.isAvailable
    }, arguments: [31, 32] as [UInt64])
  func aRealFullDiskTakesNothingWithIt(seed: UInt64) async throws {
    var chance = SeededGenerator(seed: seed)
    let disk = try #require(SmallDisk(megabytes: 8))
    defer { disk.remove() }
    let store = try await SQLiteCentralStore(path: disk.path + "/central.sqlite")
    let term = try await store.lead()
    var truth = Tables()
    var refusals = 0
    for round in 0..<30 {
      disk.fill("ballast", leaving: chance.number(0...300) << 10)
      let changes = (0..<300).map { _ in
        RowChange.putNode(Samples.node("n\(chance.number(0...9999))", band: round))
      }
      do {
        try await store.commit(changes, term: term)
        for change in changes { truth.apply(change) }
      } catch {
        guard error == .full(database: disk.path + "/central.sqlite") else { throw error }
        refusals += 1
      }
      disk.empty("ballast")
      #expect(try await store.loadTables() == truth, "seed \(seed), round \(round)")
    }
    #expect(refusals >= 3, "the disk was hardly ever full")
    try await store.commit([.putNode(Samples.node("last"))], term: term)
  }

  /// What a crash leaves on the disk in the middle of a commit is a copy of the files made there.
  @Test func aCrashInTheMiddleLeavesNothing() async throws {
    let folder = try TemporaryFolder.make()
    let copy = try TemporaryFolder.make()
    let store = try await SQLiteCentralStore(path: folder + "/central.sqlite")
    let term = try await store.lead()
    try await store.commit([.putNode(Samples.node("a"))], term: term)
    let before = try await store.loadTables()
    _ = try await store.look { session in
      // More than the cache has room for, so that the file beside the database has some of it.
      try session.execute(
        """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
        INSERT INTO nodes SELECT 'x' || i, 1, 1, 'm:' || hex(zeroblob(100)), 1, 'present', 1, 1
        FROM n
        """)
      for end in ["", "-wal"] {
        try FileManager.default.copyItem(
          atPath: "\(folder)/central.sqlite\(end)", toPath: "\(copy)/central.sqlite\(end)")
      }
    }
    let written = try FileManager.default.attributesOfItem(atPath: copy + "/central.sqlite-wal")
    #expect((written[.size] as? Int ?? 0) > 1 << 20, "nothing of it was on the disk")
    let restarted = try await SQLiteCentralStore(path: copy + "/central.sqlite")
    #expect(try await restarted.loadTables() == before)
    try await restarted.commit([.putNode(Samples.node("b"))], term: restarted.lead())
  }

  @Test func whatIsNoDatabaseIsSaidToBeNone() async throws {
    let path = try TemporaryFolder.make() + "/central.sqlite"
    try Data(repeating: 65, count: 9000).write(to: URL(fileURLWithPath: path))
    do {
      _ = try await SQLiteCentralStore(path: path)
      Issue.record("opened")
    } catch {
      guard case CentralStoreError.inconsistent = error else { throw error }
    }
    do {
      _ = try await SQLiteCentralStore(path: "/nonexistent/central.sqlite")
      Issue.record("opened")
    } catch {
      guard case CentralStoreError.unsuitable = error else { throw error }
    }
  }

  private static func limitPages(of store: SQLiteCentralStore, growth: Int) async throws {
    try await store.database.pool.write { database in
      let count = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(count + growth)")
    }
  }
}
