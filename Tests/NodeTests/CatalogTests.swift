import Foundation
import GRDB
import SearchModel
import Testing

@testable import Node

@Suite struct CatalogTests {
  @Test func aSecondWriterIsToldWhoHoldsTheCatalog() throws {
    let folder = try TemporaryFolder()
    let catalog = try Catalog(folder: folder.path, access: .writing)
    #expect(throws: CatalogError.locked(path: catalog.path, holder: "process \(getpid())")) {
      try Catalog(folder: folder.path, access: .writing)
    }
    let reader = try Catalog(folder: folder.path, access: .reading)
    #expect(reader.identity == catalog.identity)
  }

  @Test func aReaderOfNothingIsToldSo() throws {
    let folder = try TemporaryFolder()
    #expect(throws: CatalogError.missing(path: folder.path + "/catalog.sqlite")) {
      try Catalog(folder: folder.path, access: .reading)
    }
  }

  @Test func aDamagedCatalogIsSaidToBeOne() throws {
    let folder = try TemporaryFolder()
    try folder.write(String(repeating: "no database ", count: 1000), to: "catalog.sqlite")
    do {
      _ = try Catalog(folder: folder.path, access: .writing)
      Issue.record("opened")
    } catch {
      guard case .corrupted = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test func badFoldersAreRefused() throws {
    let shared = try TemporaryFolder()
    let state = try TemporaryFolder()
    try shared.write("x", to: "folder/file")
    let catalog = try Catalog(folder: state.path, access: .writing)
    for bad in ["missing", "folder/file"] {
      do {
        try catalog.share(PathBytes(shared.path(bad)))
        Issue.record("\(bad) was shared")
      } catch {
        guard case .folderUnusable(shared.path(bad), _) = error else {
          Issue.record("\(error)")
          return
        }
      }
    }
    let share = try catalog.share(PathBytes(shared.path("folder/../folder/.")))
    #expect(try catalog.share(PathBytes(shared.path("folder"))) == share)
    #expect(
      throws: CatalogError.overlapping(path: shared.path, other: shared.path("folder"))
    ) { try catalog.share(shared.bytes) }
    #expect(try catalog.shares() == [share])
  }

  @Test func sharesOfOneNameAreToldApart() throws {
    let shared = try TemporaryFolder()
    let state = try TemporaryFolder()
    try shared.makeFolder("a/photos")
    try shared.makeFolder("b/photos")
    let catalog = try Catalog(folder: state.path, access: .writing)
    #expect(try catalog.share(PathBytes(shared.path("a/photos"))).name == "photos")
    #expect(try catalog.share(PathBytes(shared.path("b/photos"))).name == "photos (2)")
  }

  @Test func aShareThatVanishesKeepsItsRecords() async throws {
    let workshop = try Workshop()
    try workshop.shared.write("x", to: "file")
    try await workshop.index()
    let away = workshop.shared.path + "-away"
    #expect(rename(workshop.shared.path, away) == 0)
    let gone = try await workshop.session.index()
    #expect(gone.absences.count == 1)
    #expect(workshop.paths == ["file"])
    // Where a disk is not mounted, an empty folder stands in its place.
    try FileManager.default.createDirectory(
      atPath: workshop.shared.path, withIntermediateDirectories: false)
    let empty = try await workshop.session.index()
    #expect(empty.absences.count == 1)
    #expect(workshop.paths == ["file"])
    #expect(try workshop.catalog.shares().first?.absence != nil)
    rmdir(workshop.shared.path)
    #expect(rename(away, workshop.shared.path) == 0)
    let back = try await workshop.session.index()
    #expect(back.absences.isEmpty)
    #expect(try workshop.catalog.shares().first?.absence == nil)
    #expect(workshop.paths == ["file"])
  }

  @Test func aFullDiskIsSaidToBeOneAndNothingIsLost() async throws {
    let workshop = try Workshop()
    for index in 0..<300 { try workshop.shared.write("\(index)", to: "a\(index)") }
    try await workshop.index()
    for index in 0..<3000 { try workshop.shared.write("\(index)", to: "b\(index)") }
    try workshop.catalog.limitPages(growth: 4)
    await #expect(throws: CatalogError.diskFull(path: workshop.catalog.path)) {
      try await workshop.index()
    }
    #expect(workshop.engine.records.count == 300)
    try workshop.catalog.limitPages(growth: 1 << 20)
    try await workshop.index()
    #expect(workshop.difference() == nil)
    #expect(workshop.engine.records.count == 3300)
  }

  @Test func endingAShareTakesItsRecordsAndLeavesItsFiles() async throws {
    let workshop = try Workshop()
    try workshop.shared.write("x", to: "a/file")
    try await workshop.index()
    try workshop.catalog.unshare(try #require(try workshop.catalog.shares().first))
    _ = try await workshop.session.index()
    #expect(workshop.engine.records.isEmpty)
    #expect(ShareTruth.files(in: workshop.shared).count == 1)
  }
}

extension Catalog {
  /// Lets the database grow by so many pages and no more, as on a disk that fills up.
  func limitPages(growth: Int) throws {
    try write { database in
      let count = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(count + growth)")
    }
  }
}
