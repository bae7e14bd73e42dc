import Foundation
import SearchModel
import TestSupport
import Testing

@testable import Node

/// A process that is killed at any moment loses nothing: the next one goes on from what is there.
@Suite(.serialized) struct KillTests {
  @Test(.timeLimit(.minutes(3))) func aKilledIndexingIsResumed() async throws {
    let shared = try TemporaryFolder()
    let state = try TemporaryFolder()
    for index in 0..<1500 { try shared.write("text \(index)", to: "f\(index % 30)/\(index)") }
    var generator = SeededGenerator(seed: 11)
    for round in 0..<8 {
      let delay = UInt32.random(in: 1000...400_000, using: &generator)
      setenv("NEARFIND_TEST_SHARED", shared.path, 1)
      setenv("NEARFIND_TEST_STATE", state.path, 1)
      setenv("NEARFIND_TEST_DELAY", String(delay), 1)
      await #expect(processExitsWith: .signal(SIGKILL), "round \(round), \(delay) µs") {
        try await KillTests.indexAndDie()
      }
      // Between two kills the world goes on.
      try shared.write("round \(round)", to: "f\(round)/\(round)")
      try shared.move("f\(round + 10)", to: "moved\(round)")
    }
    let engine = try FileEngine(folder: state.path)
    let session = IndexingSession(
      catalog: try Catalog(folder: state.path, access: .writing), engine: engine,
      extraction: Workshop.extraction {})
    _ = try await session.index([shared.bytes])
    let fresh = try Workshop(shared: shared)
    try await fresh.index()
    #expect(try await engine.allRecords() == fresh.engine.records)
    #expect(fresh.difference() == nil)
  }

  /// In a process of its own.
  private static func indexAndDie() async throws {
    let environment = ProcessInfo.processInfo.environment
    guard let shared = environment["NEARFIND_TEST_SHARED"],
      let state = environment["NEARFIND_TEST_STATE"],
      let delay = environment["NEARFIND_TEST_DELAY"].flatMap({ UInt32($0) })
    else { return }
    let thread = Thread {
      usleep(delay)
      kill(getpid(), SIGKILL)
    }
    thread.start()
    let session = IndexingSession(
      catalog: try Catalog(folder: state, access: .writing),
      engine: try FileEngine(folder: state), extraction: Workshop.extraction {})
    _ = try await session.index([PathBytes(shared)])
    // Done before the blow fell: wait for it.
    while true { sleep(1) }
  }
}
