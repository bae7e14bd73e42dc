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
      let ballast = disk.path + "/ballast"
      disk.fill(ballast, leaving: generator.number(in: 0...120) << 10)
      do {
        try await engine.apply(
          (0..<60).map { .put(RandomCollection.record($0, using: &generator)) })
        try await engine.commit(notes: ["state": "never"])
        // There was room: take it back.
        try FileManager.default.removeItem(atPath: ballast)
        try await engine.apply((0..<60).map { .remove(RandomCollection.key($0)) })
        try await engine.apply(sound.records.map { .put($0) })
        try await engine.commit(notes: ["state": "sound"])
      } catch let error as EngineError {
        guard case .diskFull = error else {
          Issue.record("seed \(seed), round \(round): \(error)")
          continue
        }
        refusals += 1
        #expect(try await Self.state(of: engine) == sound, "seed \(seed), round \(round)")
        let other = try XapianEngine(directory: engine.directory, access: .reading)
        #expect(try await Self.state(of: other) == sound, "seed \(seed), round \(round)")
        #expect(try await other.verify() == [])
        try? FileManager.default.removeItem(atPath: ballast)
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

/// A file system of a few megabytes in memory.
private struct SmallDisk {
  let path: String

  static let isAvailable: Bool = {
    guard let disk = SmallDisk(megabytes: 1) else { return false }
    disk.remove()
    return true
  }()

  /// Nil where mounting is refused.
  init?(megabytes: Int) {
    path = NSTemporaryDirectory() + "nearfind-disk-" + UUID().uuidString
    #if os(Linux)
      guard mkdir(path, 0o700) == 0 else { return nil }
      guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
        rmdir(path)
        return nil
      }
    #else
      return nil
    #endif
  }

  func remove() {
    #if os(Linux)
      // What is still open goes when it is closed.
      umount2(path, Int32(MNT_DETACH))
    #endif
    rmdir(path)
  }

  /// Writes a file that leaves so many bytes, about.
  func fill(_ file: String, leaving byteCount: Int) {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return }
    let free = Int(status.f_bavail) * Int(status.f_frsize)
    let ballast = Data(repeating: 1, count: max(0, free - byteCount))
    _ = FileManager.default.createFile(atPath: file, contents: ballast)
  }
}
