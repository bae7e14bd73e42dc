import Cascade
import Foundation
import MemoryEngine
import Protocol
import SearchModel
import Synchronization
import TestSupport
import Testing

@testable import VirtualServer

/// An index of more terms than a filter may hold.
@Suite(.timeLimit(.minutes(5))) struct TooLargeFilterTests {
  private static func engine(_ count: Int) async throws -> ObservedEngine {
    let engine = ObservedEngine(MemoryEngine())
    try await engine.apply(
      (0..<count).map { .put(Record(key: RecordKey("k\($0)")!, filename: "word\($0)")) })
    try await engine.commit(notes: [:])
    return engine
  }

  @Test func isOfferedNoFilter() async throws {
    let engine = try await Self.engine(300)
    let offer = FilterOffer(engine: engine, byteLimit: 200)
    for _ in 0..<3 {
      let answer = try await offer.answer(to: FilterRequest(known: nil))
      #expect(answer.isTooLarge && answer.filter == nil)
      // It grows all the time, and its terms are not gone through again for that.
      try await engine.apply([.put(Record(key: RecordKey("new")!, filename: "new"))])
      try await engine.commit(notes: [:])
    }
    #expect(engine.counts.fingerprints == 1)
  }

  /// The size that is known before is the size that it gets.
  @Test(arguments: [0, 1, 6, 7, 300]) func theLimitItselfIsAllowed(count: Int) async throws {
    let engine = try await Self.engine(count)
    let text = try #require(
      try await FilterOffer(engine: engine).answer(to: FilterRequest(known: nil)).filter)
    let size = try #require(Data(base64Encoded: text)).count
    for (limit, isTooLarge) in [(size, false), (size - 1, true)] {
      let answer = try await FilterOffer(engine: engine, byteLimit: limit)
        .answer(to: FilterRequest(known: nil))
      #expect(answer.isTooLarge == isTooLarge)
    }
  }

  @Test func isNotAskedAgainForTenMinutes() async throws {
    let ahead = Mutex(Duration.zero)
    let network = try await ServerNetwork(
      [[], [Record(key: RecordKey("k")!, filename: "zebra")]],
      now: { .now + ahead.withLock { $0 } }, engine: { _ in MemoryEngine() })
    let member = network.members[1]
    let peer = try await FilterPeer(as: member, in: network.world) {
      try .message(
        FilterAnswer(revision: Revision(9), filter: nil, age: 0, isTooLarge: true))
    }
    await network.introduce([network.members[0].entry, member.entry(at: peer.port)])
    let request = SearchRequest(query: .words("zebra"))
    try await wait(until: "the filter to be asked for") {
      _ = try await network.search(request)
      return peer.askCount == 1
    }
    // One that failed for another reason would be asked for in half a minute.
    for _ in 0..<5 {
      ahead.withLock { $0 += .seconds(60) }
      #expect(try await network.search(request).answer.groups(.answered) == [1, 2])
    }
    #expect(peer.askCount == 1)
    try await wait(until: "it to be asked for again") {
      ahead.withLock { $0 += .seconds(60) }
      _ = try await network.search(request)
      return peer.askCount == 2
    }
    await peer.stop()
    await network.stop()
  }
}
