internal import CXapian
import Foundation
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance
@testable import XapianEngine

/// What damage made of one process is not done to the next: a part that was being read in a crash is
/// looked at whole before it is read again.
@Suite("A crash while reading", .serialized) struct CrashMarkTests {
  private static func build(in path: String) async throws -> Manifest.Part {
    var generator = SeededGenerator(seed: 81)
    let engine = try XapianEngine(directory: path, access: .writing)
    try await engine.apply((0..<50).map { .put(RandomCollection.record($0, using: &generator)) })
    try await engine.commit(notes: [:])
    await engine.close()
    return try #require(try Manifest.load(from: IndexFiles(path: path)).parts.first)
  }

  /// Reads the part as a search does, and crashes in the middle of it, or before it.
  private static func crash(_ path: String, whileReading: Bool) throws {
    let part = try ShimPart(path)
    if whileReading {
      var callbacks = cxapian_callbacks()
      callbacks.predicate = { _, _, _ in
        raise(SIGSEGV)
        return true
      }
      let frequencies = [Double](repeating: 1, count: 128)
      try frequencies.withUnsafeBufferPointer { (frequencies) throws(EngineError) in
        var options = cxapian_match_options(
          limit: 10, order: .weight, ascending: true, collapse: false,
          frequencies: frequencies.baseAddress, k1: 1, b: 0, average_length: 1)
        var result = cxapian_match_result()
        // What the callback answers for everything.
        try calling(about: path) { error in
          [12, 0, 0, 0, 0].withCXapianBytes {
            cxapian_part_match(part.handle, $0, &options, &callbacks, &result, error)
          }
        }
      }
    }
    raise(SIGSEGV)
  }

  @Test func aCrashLeavesAMarkAndStillEndsTheProcess() async throws {
    let folder = try TemporaryFolder()
    let index = IndexFiles(path: folder.path + "/index")
    let path = index.part(try await Self.build(in: index.path).name)
    await #expect(processExitsWith: .signal(SIGSEGV)) { [path = path as String] in
      try CrashMarkTests.crash(path, whileReading: false)
    }
    let mark = path + "/" + cxapian_crash_mark_name
    #expect(FileAccess.identity(of: mark) == nil, "that was not the part's fault")
    await #expect(processExitsWith: .signal(SIGSEGV)) { [path = path as String] in
      try CrashMarkTests.crash(path, whileReading: true)
    }
    #expect(FileAccess.identity(of: mark) != nil)
  }

  @Test func aMarkedPartIsLookedAtWhole() async throws {
    let folder = try TemporaryFolder()
    let index = IndexFiles(path: folder.path + "/index")
    let part = try await Self.build(in: index.path)
    let mark = index.part(part.name) + "/" + cxapian_crash_mark_name
    for file in part.files where file.name.hasSuffix(".glass") {
      let path = index.part(part.name) + "/" + file.name
      let sound = try Data(contentsOf: URL(fileURLWithPath: path))
      var damaged = sound
      damaged[damaged.count / 2] ^= 4
      try damaged.write(to: URL(fileURLWithPath: path))
      #expect(throws: Never.self, "not every search reads everything") {
        try XapianEngine(directory: index.path, access: .reading)
      }
      try Data().write(to: URL(fileURLWithPath: mark))
      for access in [XapianEngine.Access.reading, .reading, .writing] {
        do {
          _ = try XapianEngine(directory: index.path, access: access)
          Issue.record("\(file.name) is believed")
        } catch .corrupted(index.path, let reason) {
          #expect(reason.contains(file.name))
          #expect(
            "\(EngineError.corrupted(path: index.path, reason: reason))"
              .contains("nearfind doctor --verify"))
        } catch {
          Issue.record("\(file.name): \(error)")
        }
      }
      try sound.write(to: URL(fileURLWithPath: path))
      try FileManager.default.removeItem(atPath: mark)
    }
    try Data().write(to: URL(fileURLWithPath: mark))
    let engine = try XapianEngine(directory: index.path, access: .reading)
    #expect(FileAccess.identity(of: mark) == nil, "all is well, so the mark is gone")
    #expect(try await engine.search(SearchRequest(query: .everything)).hits.count == 10)
  }
}
