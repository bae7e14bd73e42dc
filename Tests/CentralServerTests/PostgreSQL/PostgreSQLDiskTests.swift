import Foundation
import Placement
import TestSupport
import Testing

@testable import CentralServer

@Suite(
  "PostgreSQL on a full disk",
  .enabled("it needs Debian's postgresql, and root to mount a small file system") {
    PostgreSQLInstallation.isPresent && SmallDisk.isAvailable
  })
struct PostgreSQLDiskTests {
  @Test func isSaidToBeFullAndNothingIsHalfWritten() async throws {
    let disk = try #require(SmallDisk(megabytes: 24))
    defer { disk.remove() }
    // Filled but for about 16 MB, of which an empty database takes half.
    disk.fill("ballast", leaving: 16 << 20)
    let server = try PostgreSQLServer()
    let folder = disk.path + "/tables"
    let user = try PostgreSQLServer.user()
    try #require(mkdir(folder, 0o700) == 0)
    try #require(chmod(disk.path, 0o755) == 0 && chown(folder, user.user, user.group) == 0)
    let name = "small_" + UUID().uuidString.prefix(8).lowercased()
    try await server.run("CREATE TABLESPACE \(name) LOCATION '\(folder)'")
    try await server.run(
      "CREATE DATABASE \(name) ENCODING 'UTF8' TEMPLATE template0 TABLESPACE \(name) "
        + "LC_COLLATE 'C' LC_CTYPE 'C'")
    let store = try await PostgreSQLCentralStore(server.address(name))
    let term = try await store.lead()
    var truth = Tables()
    var isFull = false
    for round in 0..<40 where !isFull {
      let changes = (0..<4000).map { RowChange.putNode(Samples.node("n\(round)-\($0)")) }
      do {
        try await store.commit(changes, term: term)
        for change in changes { truth.apply(change) }
      } catch {
        guard error == CentralStoreError.full(database: store.database.name) else { throw error }
        isFull = true
      }
    }
    #expect(isFull, "there was more room than was thought")
    #expect(try await store.loadTables() == truth)
    // With room again it goes on, over the same connection and in the same term.
    disk.empty("ballast")
    try await store.commit([.putNode(Samples.node("last"))], term: term)
    #expect(try await store.loadTables().nodes.count == truth.nodes.count + 1)
  }
}
