import Foundation
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance
@testable import XapianEngine

/// A disk that fills up takes nothing with it.
@Suite("A full disk", .serialized) struct DiskFullTests {
  @Test(
    .enabled("mounting a small file system needs root, and a system that allows it") {
      SmallDisk.isAvailable
    }, arguments: [81, 82] as [UInt64])
  func keepsWhatIsCommittedAndGoesOnWithRoom(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let disk = try #require(SmallDisk(megabytes: 4))
    defer { disk.remove() }
    let engine = try XapianEngine(directory: disk.path + "/index", access: .writing)
    try await engine.apply((0..<40).map { .put(RandomCollection.record($0, using: &generator)) })
    try await engine.commit(notes: ["state": "sound"])
    let sound = try await Self.state(of: engine)
    var refusals = 0
    // The disk fills to another point each time, so another step is the one that fails.
    for round in 0..<10 {
      disk.fill("ballast", leaving: generator.number(in: 0...120) << 10)
      do throws(EngineError) {
        try await engine.apply(
          (0..<60).map { .put(RandomCollection.record($0, using: &generator)) })
        try await engine.commit(notes: ["state": "never"])
        // There was room: take it back.
        disk.empty("ballast")
        try await engine.apply((0..<60).map { .remove(RandomCollection.key($0)) })
        try await engine.apply(sound.records.map { .put($0) })
        try await engine.commit(notes: ["state": "sound"])
      } catch {
        guard case .diskFull = error else {
          Issue.record("seed \(seed), round \(round): \(error)")
          continue
        }
        refusals += 1
        #expect(try await Self.state(of: engine) == sound, "seed \(seed), round \(round)")
        let other = try XapianEngine(directory: engine.directory, access: .reading)
        #expect(try await Self.state(of: other) == sound, "seed \(seed), round \(round)")
        #expect(try await other.verify() == [])
        disk.empty("ballast")
      }
    }
    #expect(refusals >= 3, "the disk was hardly ever full")
    try await engine.apply([.put(Record(key: RandomCollection.key(999), filename: "last.txt"))])
    try await engine.commit(notes: ["state": "after"])
    #expect(try await engine.record(for: RandomCollection.key(999)) != nil)
    #expect(try await engine.verify() == [])
    await engine.close()
  }

  private struct State: Equatable {
    var records: Set<Record>
    var notes: [String: String]
  }

  private static func state(of engine: XapianEngine) async throws -> State {
    let request = SearchRequest(query: .everything, limit: .max, collapsesDuplicates: false)
    return State(
      records: Set(try await engine.search(request).hits.map(\.record)),
      notes: try await engine.notes())
  }
}
