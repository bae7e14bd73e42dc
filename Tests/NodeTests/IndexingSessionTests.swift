import Foundation
import SearchModel
import Testing

@testable import Node

@Suite struct IndexingSessionTests {
  @Test func namesContentAndPlacesReachTheIndex() async throws {
    let workshop = try Workshop()
    try workshop.shared.write("Plan\nof the year", to: "work/plan.txt")
    try workshop.shared.write("", to: "empty")
    try workshop.shared.write("x", to: ".hidden")
    try workshop.shared.write("x", to: "draft~")
    let summary = try await workshop.index()
    #expect(workshop.paths == ["empty", "work/plan.txt"])
    #expect(summary.fileCount == 2)
    #expect(summary.readCount == 2)
    let record = try #require(workshop.record("work/plan.txt"))
    #expect(record.filename == "plan.txt")
    #expect(record.directory == workshop.name + "/work")
    #expect(record.size == 16)
    #expect(record.title == "Plan")
    #expect(record.keywords == ["Plan1", "Plan2"])
    #expect(record.text == "Plan\nof the year")
    #expect(record.contentHash == ContentHash(hexadecimal: sha256("Plan\nof the year")))
    #expect(workshop.record("empty")?.contentHash == ContentHash(hexadecimal: sha256("")))
    #expect(try workshop.catalog.status().counts.done == 2)
  }

  @Test func nothingIsReadOrWrittenTwice() async throws {
    let workshop = try Workshop()
    for index in 0..<50 {
      try workshop.shared.write("text \(index)", to: "f\(index % 5)/\(index)")
    }
    try await workshop.index()
    #expect(workshop.takeExtractionCount() == 50)
    let applied = workshop.engine.appliedCount
    let sequence = try workshop.catalog.lastSequence()
    let summary = try await workshop.index()
    #expect(summary.changeCount == 0)
    #expect(workshop.takeExtractionCount() == 0)
    #expect(workshop.engine.appliedCount == applied)
    #expect(try workshop.catalog.lastSequence() == sequence)
  }

  @Test func aRenameCostsNoReading() async throws {
    let workshop = try Workshop()
    try workshop.shared.write("One", to: "a/one.txt")
    try workshop.shared.write("Two", to: "a/b/two.txt")
    try workshop.shared.write("Three", to: "three.txt")
    try await workshop.index()
    _ = workshop.takeExtractionCount()
    try workshop.shared.move("a", to: "moved")
    try workshop.shared.move("three.txt", to: "moved/drei.txt")
    let summary = try await workshop.index()
    #expect(workshop.paths == ["moved/b/two.txt", "moved/drei.txt", "moved/one.txt"])
    #expect(summary.readCount == 0)
    #expect(workshop.takeExtractionCount() == 0)
    #expect(workshop.record("moved/drei.txt")?.title == "Three")
    #expect(workshop.record("moved/b/two.txt")?.contentHash != nil)
  }

  @Test func aFileThatCannotBeReadIsFoundByNameAndTriedAgainWhenItChanges() async throws {
    let workshop = try Workshop()
    try workshop.shared.write("broken", to: "file")
    let summary = try await workshop.index()
    #expect(summary.unreadableCount == 1 && summary.readCount == 0)
    #expect(summary.readByteCount == 0)
    let status = try workshop.catalog.status()
    #expect(status.counts.failed == 1)
    #expect(status.failures.first?.reason.contains("broken") == true)
    #expect(workshop.record("file")?.contentHash != nil)
    _ = workshop.takeExtractionCount()
    try await workshop.index()
    #expect(workshop.takeExtractionCount() == 0)
    try workshop.shared.write("mended", to: "file")
    try await workshop.index()
    #expect(workshop.record("file")?.title == "mended")
    #expect(try workshop.catalog.status().counts.done == 1)
  }

  @Test func changesAndRemovalsReachTheIndex() async throws {
    let workshop = try Workshop()
    try workshop.shared.write("one", to: "a/1")
    try workshop.shared.write("two", to: "a/2")
    try workshop.shared.write("three", to: "b/3")
    try await workshop.index()
    try workshop.shared.write("changed", to: "a/1")
    try workshop.shared.remove("b")
    try workshop.shared.remove("a/2")
    try workshop.shared.write("a file now", to: "b")
    try await workshop.index()
    #expect(workshop.paths == ["a/1", "b"])
    #expect(workshop.record("a/1")?.title == "changed")
  }

  @Test func recordKeysDependOnThePathAlone() async throws {
    let shared = try TemporaryFolder()
    try shared.write("x", to: "a/b")
    let first = try Workshop(shared: shared)
    try await first.index()
    let second = try Workshop(shared: shared)
    try await second.index()
    #expect(first.engine.records.keys == second.engine.records.keys)
    let key = try #require(first.engine.records.keys.first)
    #expect(key.value.utf8.count == 16)
    #expect(key == RecordKey(root: shared.bytes, path: PathBytes("a/b")))
  }
}
