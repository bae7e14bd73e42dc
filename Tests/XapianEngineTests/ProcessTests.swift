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

  // The process that stands against the other does so on a thread of its own: waiting for a process
  // keeps one of the tasks' few threads busy.

  @Test(.timeLimit(.minutes(1)))
  func theLockEndsWithItsHolder() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    let looker = Background {
      Self.wait { Self.hears(path + "/holder") != nil }
      let holder = Self.hears(path + "/holder").flatMap { pid_t($0) } ?? 0
      Self.expectLocked(path + "/index", holder: holder)
      #expect(throws: Never.self, "reading is possible meanwhile") {
        try XapianEngine(directory: path + "/index", access: .reading)
      }
      Self.say("go", in: path + "/go")
    }
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let engine = try XapianEngine(directory: path + "/index", access: .writing)
      Self.say("\(getpid())", in: path + "/holder")
      Self.wait { Self.hears(path + "/go") != nil }
      withExtendedLifetime(engine) { _ = kill(getpid(), SIGKILL) }
    }
    await looker.end()
    let next = try XapianEngine(directory: path + "/index", access: .writing)
    await next.close()
  }

  /// Every commit replaces all records by those of the next generation, until the readers of two
  /// other processes have seen many.
  @Test(.timeLimit(.minutes(2)))
  func readersInOtherProcessesSeeWholeGenerations() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    try Self.commit(generation: 1, to: IndexWriter(IndexFiles(path: path)))
    let writing = Background {
      #expect(throws: Never.self) {
        let writer = try IndexWriter(IndexFiles(path: path))
        var generation: Int64 = 1
        while Self.hears(path + "/stop") == nil {
          generation += 1
          try Self.commit(generation: generation, to: writer)
        }
      }
    }
    for _ in 0..<2 {
      await #expect(processExitsWith: .success) { [path = path as String] in
        try await Self.readGenerations(in: path)
      }
    }
    Self.say("stop", in: path + "/stop")
    await writing.end()
  }

  private static let recordCount = 30

  private static func commit(generation: Int64, to writer: IndexWriter) throws {
    try writer.apply(
      (0..<recordCount).map {
        .put(
          Record(key: RandomCollection.key($0), filename: "report \($0).txt", size: generation))
      })
    _ = try writer.commit(notes: [:])
  }

  /// In a process of its own; ends with another code than 0 when anything is wrong.
  private static func readGenerations(in path: String) async throws {
    let engine = try XapianEngine(directory: path, access: .reading)
    var seen: Set<Int64> = []
    let deadline = ContinuousClock.now + .seconds(40)
    while seen.count < 15 {
      let hits = try await engine.search(
        SearchRequest(query: .word("report", field: nil), limit: 100)
      ).hits
      guard hits.count == recordCount, let generation = hits.first?.record.size,
        hits.allSatisfy({ $0.record.size == generation }), generation >= seen.max() ?? 0,
        ContinuousClock.now < deadline
      else { exit(2) }
      seen.insert(generation)
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

  private static func wait(until condition: () -> Bool) {
    let deadline = ContinuousClock.now + .seconds(30)
    while !condition() && ContinuousClock.now < deadline { usleep(5_000) }
  }
}

/// Work on a thread of its own.
private final class Background: Sendable {
  private let group = DispatchGroup()

  init(_ body: @escaping @Sendable () -> Void) {
    let group = group
    group.enter()
    Thread {
      body()
      group.leave()
    }.start()
  }

  func end() async {
    await withCheckedContinuation { continuation in
      group.notify(queue: .global()) { continuation.resume() }
    }
  }
}
