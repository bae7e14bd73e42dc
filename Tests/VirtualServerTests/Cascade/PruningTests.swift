import MemoryEngine
import Protocol
import SearchModel
import Synchronization
import TestSupport
import Testing

@testable import VirtualServer

/// A server that is proven to hold no match is not asked, and never is a record missed for long.
@Suite(.timeLimit(.minutes(5))) struct PruningTests {
  /// What is known of others grows old when the test says so.
  private final class Ageing: Sendable {
    private let ahead = Mutex(Duration.zero)

    var now: ContinuousClock.Instant { .now + ahead.withLock { $0 } }
    func pass(_ time: Duration) { ahead.withLock { $0 += time } }
  }

  private static let request = SearchRequest(query: .words("zebra"), limit: 20)

  private static func record(_ name: String) -> Record {
    Record(key: RecordKey(name)!, filename: name)
  }

  private static func network(_ ageing: Ageing) async throws -> ServerNetwork {
    try await ServerNetwork(
      [
        [record("own zebra"), record("own letter")], [record("letter")],
        [record("far zebra"), record("far letter")],
      ], now: { ageing.now }, engine: { _ in MemoryEngine() })
  }

  private static func prune(_ network: ServerNetwork) async throws -> GroupSearchAnswer {
    var answer = try await network.search(request).answer
    #expect(answer.groups(.answered) == [1, 2, 3])
    try await wait(until: "the filters to be there") {
      answer = try await network.search(request).answer
      return answer.groups(.pruned) == [2]
    }
    return answer
  }

  @Test func whoIsProvenEmptyGetsNoMessage() async throws {
    let network = try await Self.network(Ageing())
    let answer = try await Self.prune(network)
    #expect(answer.names.sorted() == ["far zebra", "own zebra"])
    #expect(answer.groups(.answered) == [1, 3])
    #expect(answer.coverage.completeness.isComplete && answer.coverage.isExact)
    let before = network.members[1].engine.counts.questions
    let others = network.members[2].engine.counts.questions
    for _ in 0..<5 {
      let again = try await network.search(Self.request).answer
      #expect(again.groups(.pruned) == [2])
      #expect(again.coverage.servers.first { $0.group == 2 }?.messageCount == 0)
      #expect(again.reason(of: 2).wholeMatch(of: /Its terms, as they were \d+ ms ago, .*/) != nil)
    }
    #expect(network.members[1].engine.counts.questions == before)
    #expect(network.members[2].engine.counts.questions == others + 5)
    // What it does hold is found there.
    let letters = try await network.search(SearchRequest(query: .words("letter"))).answer
    #expect(letters.names.contains("letter"))
    await network.stop()
  }

  @Test func whatIsPublishedIsFoundWhenTheProofIsTooOld() async throws {
    let ageing = Ageing()
    let network = try await Self.network(ageing)
    _ = try await Self.prune(network)
    try await network.members[1].put([Self.record("new zebra")])
    ageing.pass(FilterBook.trust + .milliseconds(1))
    let answer = try await network.search(Self.request).answer
    #expect(answer.groups(.answered) == [1, 2, 3])
    #expect(answer.names.contains("new zebra"))
    await network.stop()
  }

  /// A filter that is in use is confirmed long before it is too old, so that the new record is soon
  /// found by whoever searches at all.
  @Test func aFilterInUseIsRenewed() async throws {
    let ageing = Ageing()
    let network = try await Self.network(ageing)
    _ = try await Self.prune(network)
    try await network.members[1].put([Self.record("new zebra")])
    let made = network.members[1].engine.counts.fingerprints
    try await wait(until: "a new filter to be made") {
      ageing.pass(FilterBook.refresh)
      _ = try await network.search(Self.request)
      return network.members[1].engine.counts.fingerprints > made
    }
    try await wait(until: "the new record to be found") {
      try await network.search(Self.request).answer.names.contains("new zebra")
    }
    await network.stop()
  }

  /// Copies of a file are not looked for where its content is proven not to be.
  @Test func aRequiredTermPrunesWhateverElseIsAsked() async throws {
    let network = try await Self.network(Ageing())
    _ = try await Self.prune(network)
    for query: Query in [
      .all([.words("zebra"), .prefix("o", field: nil)]),
      .any([.all([.words("zebra"), .words("letter")]), .words("zebra")]),
    ] {
      let answer = try await network.search(SearchRequest(query: query)).answer
      #expect(answer.groups(.pruned) == [2], "\(query)")
    }
    for query: Query in [.not(.words("zebra")), .infix("ett", field: nil), .everything] {
      let answer = try await network.search(SearchRequest(query: query)).answer
      #expect(answer.groups(.answered) == [1, 2, 3], "\(query)")
    }
    await network.stop()
  }
}
