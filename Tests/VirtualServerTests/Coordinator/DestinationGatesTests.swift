import Cascade
import MemoryEngine
import Protocol
import SearchModel
import TestSupport
import Testing

@testable import VirtualServer

/// What a group asks of another is bounded, and waits instead of being refused.
@Suite(.timeLimit(.minutes(5))) struct DestinationGatesTests {
  private static func server(_ number: UInt64) -> ServerIdentifier { ServerIdentifier(number) }

  /// Requests that stay open until the test says so.
  private actor Load {
    private(set) var open = 0
    private(set) var most = 0
    private var isReleased = false

    func release() { isReleased = true }

    func pass() async {
      open += 1
      most = max(most, open)
      while !isReleased { await Task.yield() }
      open -= 1
    }
  }

  @Test func fewAreOpenToOneServerAndAllComeToTheirTurn() async throws {
    let gates = DestinationGates(openRequests: 3)
    let load = Load()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<50 {
        group.addTask { try await gates.run(Self.server(1)) { await load.pass() } }
      }
      try await wait(until: "some to be open") { await load.open == 3 }
      // Another server does not wait for this one.
      #expect(try await gates.run(Self.server(2)) { 7 } == 7)
      await load.release()
      try await group.waitForAll()
    }
    #expect(await load.most == 3)
    #expect(gates.requestCount == 0)
  }

  @Test func whoGivesUpLeavesNothingBehind() async throws {
    let gates = DestinationGates(openRequests: 1)
    let load = Load()
    let first = Task { try await gates.run(Self.server(1)) { await load.pass() } }
    try await wait(until: "the first to be open") { await load.open == 1 }
    let second = Task { try await gates.run(Self.server(1)) {} }
    second.cancel()
    await #expect(throws: CancellationError.self) { try await second.value }
    await load.release()
    try await first.value
    #expect(gates.requestCount == 0)
  }

  /// As many searches of one group at once as a group ever has, with what servers ordinarily give.
  @Test func manySearchesOfAGroupAreRefusedNowhere() async throws {
    var limits = GroupServiceLimits()
    limits.searchTime = .seconds(120)
    let network = try await LateIsNeverLateTests.network(2, limits: limits)
    let (gates, asked) = (network.members[0].service.coordinator.gates, network.members[1])
    let count = 100
    asked.engine.hold()
    try await withThrowingTaskGroup(of: GroupSearchAnswer.self) { group in
      for _ in 0..<count {
        group.addTask {
          try await network.search(SearchRequest(query: .words("report"), limit: 20)).answer
        }
      }
      try await wait(until: "all to be asking, and the other to have what it may be asked") {
        let queue = await asked.service.gated.gate.queueLength
        return gates.requestCount >= count
          && asked.engine.counts.held + queue >= DestinationGates.openRequests
      }
      asked.engine.release()
      for try await answer in group {
        #expect(answer.groups(.answered) == [1, 2], "\(answer.reason(of: 2))")
      }
    }
    await network.stop()
  }

  /// Seventeen searches of mistyped words, twenty messages each, within a second.
  @Test func anOrdinaryRateIsAllowed() {
    let limits = GroupServiceLimits().server
    #expect(limits.requests.burst >= 17 * 20 && limits.requests.perSecond >= 17 * 20)
    #expect(DestinationGates.openRequests < limits.concurrentRequestsPerIdentity)
    #expect(limits.concurrentRequestsPerIdentity * 2 <= limits.concurrentRequests)
  }
}
