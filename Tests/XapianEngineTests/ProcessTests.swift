import Foundation
import SearchModel
import Testing

@testable import EngineConformance
@testable import XapianEngine

/// One process writes, any number read.
@Suite("Many processes", .serialized) struct ProcessTests {
  @Test func aSecondWriterInThisProcessIsRefused() async throws {
    let folder = try TemporaryFolder()
    let first = try XapianEngine(directory: folder.path, access: .writing)
    Self.expectLocked(folder.path, holder: getpid())
    #expect(throws: EngineError.self) { try XapianEngine.discard(directory: folder.path) }
    #expect(try await first.revision() == Revision(0), "the first is undisturbed")
    await first.close()
    let second = try XapianEngine(directory: folder.path, access: .writing)
    await second.close()
  }

  @Test(.timeLimit(.minutes(1)))
  func theLockEndsWithItsHolder() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    async let holderEnds: Void = {
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
        let engine = try XapianEngine(directory: path + "/index", access: .writing)
        Self.say("\(getpid())", in: path + "/holder")
        await Self.wait { Self.hears(path + "/go") != nil }
        _ = engine
        kill(getpid(), SIGKILL)
      }
    }()
    await Self.wait { Self.hears(path + "/holder") != nil }
    let holder = try #require(Self.hears(path + "/holder").flatMap { pid_t($0) })
    Self.expectLocked(path + "/index", holder: holder)
    let reader = try XapianEngine(directory: path + "/index", access: .reading)
    #expect(try await reader.revision() == Revision(0), "reading is possible meanwhile")
    Self.say("go", in: path + "/go")
    await holderEnds
    let next = try XapianEngine(directory: path + "/index", access: .writing)
    await next.close()
  }

  /// Every commit replaces all records by those of the next generation.
  @Test(.timeLimit(.minutes(2)))
  func readersInOtherProcessesSeeWholeGenerations() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    let engine = try XapianEngine(directory: path + "/index", access: .writing)
    try await Self.commit(generation: 1, to: engine)
    async let readersEnd: Void = {
      await withTaskGroup { group in
        for reader in 0..<2 {
          group.addTask {
            await #expect(processExitsWith: .success) { [path = path as String, reader = reader as Int] in
              try await Self.readGenerations(in: path, reader: reader)
            }
          }
        }
      }
    }()
    // Until both readers have seen many, whatever the machine's speed.
    var generation: Int64 = 1
    let deadline = ContinuousClock.now + .seconds(60)
    while (0..<2).contains(where: { Self.hears(path + "/enough\($0)") == nil }) {
      generation += 1
      try await Self.commit(generation: generation, to: engine)
      if ContinuousClock.now > deadline {
        Issue.record("the readers do not get on")
        break
      }
    }
    Self.say("stop", in: path + "/stop")
    await readersEnd
    #expect(generation >= 15)
  }

  private static let recordCount = 30

  private static func commit(generation: Int64, to engine: XapianEngine) async throws {
    try await engine.apply(
      (0..<recordCount).map {
        .put(
          Record(
            key: RandomCollection.key($0), filename: "report \($0).txt", size: generation))
      })
    try await engine.commit(notes: ["generation": "\(generation)"])
  }

  /// In a process of its own; ends with another code than 0 when anything is wrong.
  private static func readGenerations(in path: String, reader: Int) async throws {
    let engine = try XapianEngine(directory: path + "/index", access: .reading)
    var seen: Set<Int64> = []
    var last: Int64 = 0
    while hears(path + "/stop") == nil {
      let hits = try await engine.search(
        SearchRequest(query: .word("report", field: nil), limit: 100)
      ).hits
      guard hits.count == recordCount, let generation = hits.first?.record.size,
        hits.allSatisfy({ $0.record.size == generation }), generation >= last
      else { exit(2) }
      last = generation
      seen.insert(generation)
      if seen.count == 15 { say("enough", in: path + "/enough\(reader)") }
    }
  }

  // MARK: Between processes

  private static func expectLocked(_ path: String, holder: pid_t) {
    do {
      _ = try XapianEngine(directory: path, access: .writing)
      Issue.record("two writers")
    } catch .locked(let lockedPath, let name) {
      #expect(lockedPath == path)
      #expect(name.contains("process \(holder) "), "\(name)")
    } catch {
      Issue.record("\(error)")
    }
  }

  private static func say(_ text: String, in path: String) {
    try? Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  private static func hears(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func wait(until condition: () -> Bool) async {
    let deadline = ContinuousClock.now + .seconds(30)
    while !condition() && ContinuousClock.now < deadline {
      try? await Task.sleep(for: .milliseconds(5))
    }
  }
}
