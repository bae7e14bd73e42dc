import MemoryEngine
import Protocol
import SearchModel
import Synchronization
import TestSupport
import Testing

@testable import VirtualServer

@Suite(.timeLimit(.minutes(2))) struct SearchGateTests {
  /// Searches that end when the test says so.
  private actor Latch {
    private(set) var entered: [Int] = []
    private var isOpen = false

    func open() { isOpen = true }

    func pass(_ number: Int) async {
      entered.append(number)
      while !isOpen { await Task.yield() }
    }
  }

  @Test func somePassOthersWaitTheRestAreRefused() async throws {
    let gate = SearchGate(concurrent: 2, queueLimit: 2)
    let latch = Latch()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<4 {
        group.addTask { try await gate.run { await latch.pass(number) } }
        if number < 2 {
          try await wait(until: "it runs") { await latch.entered.count == number + 1 }
        } else {
          try await wait(until: "it waits") { await gate.queueLength == number - 1 }
        }
      }
      let refusal = await #expect(throws: ProblemDocument.self) { try await gate.run {} }
      #expect(refusal?.code == .overloaded)
      await latch.open()
      try await group.waitForAll()
    }
    #expect(await latch.entered == [0, 1, 2, 3])
    try await gate.run {}
  }

  @Test func whoIsCancelledWhileWaitingNeverRuns() async throws {
    let gate = SearchGate(concurrent: 1, queueLimit: 5)
    let latch = Latch()
    let first = Task { try await gate.run { await latch.pass(0) } }
    try await wait(until: "it runs") { await latch.entered == [0] }
    let second = Task { try await gate.run { await latch.pass(1) } }
    try await wait(until: "it waits") { await gate.queueLength == 1 }
    second.cancel()
    await #expect(throws: CancellationError.self) { try await second.value }
    #expect(await gate.queueLength == 0)
    await latch.open()
    try await first.value
    try await gate.run { await latch.pass(2) }
    #expect(await latch.entered == [0, 2])
  }

  @Test func aPlaceIsGivenBackWhenASearchFails() async throws {
    let gate = SearchGate(concurrent: 1, queueLimit: 0)
    for _ in 0..<3 {
      await #expect(throws: EngineError.self) {
        try await gate.run { throw EngineError.invalidRequest("no") }
      }
    }
  }

  @Test func aSearchStopsBetweenItsSteps() async throws {
    let engine = GatedEngine(MemoryEngine())
    let late = StoppableEngine(engine: engine, deadline: .now)
    await #expect(throws: EngineError.self) {
      try await PersonalSearch(engine: late)
        .answer(to: SearchRequest(query: .words("a b")), isStrict: false)
    }
    #expect(late.stop == .tooLong)
    let cancelled = Task {
      while !Task.isCancelled { await Task.yield() }
      let stoppable = StoppableEngine(engine: engine, deadline: .now + .seconds(600))
      _ = try? await stoppable.search(SearchRequest(query: .everything))
      return stoppable.stop
    }
    cancelled.cancel()
    #expect(await cancelled.value == .cancelled)
    #expect(await engine.searchCount == 0)
  }
}
