import Cascade
import MemoryEngine
import Protocol
import SearchModel
import Testing

@testable import VirtualServer

@Suite("Statistics that no collection has") struct HostileStatisticsTests {
  private let engine = GatedEngine(MemoryEngine())
  private let service: GroupService
  private let host: NodeIdentity

  init() async throws {
    host = try World.node("ann", "laptop")
    let clock = TestClock()
    service = GroupService(
      host: host, index: try await GroupIndex(engine: engine, now: { clock.now }),
      // No other virtual server is known, so nobody is asked.
      client: try PeerClient(.localSocket), limits: GroupServiceLimits(), clock: { clock.now })
    _ = await service.take(
      .serve(group: 1, epoch: 1, limitCount: 5, clients: [], membership: 1))
    try await engine.apply([.put(Record(key: RecordKey("k")!, filename: "steady"))])
    try await engine.commit(notes: [:])
  }

  private static let hostile = [Int.min, -1, .max].flatMap { number in
    [
      CollectionStatistics(documentCount: number),
      CollectionStatistics(documentCount: 1, totalLength: number),
      CollectionStatistics(documentCount: 1, documentFrequencies: ["steady": number]),
    ]
  }

  private static func request(_ statistics: CollectionStatistics?) -> SearchRequest {
    SearchRequest(query: .words("steady"), statistics: statistics)
  }

  @Test func areRefusedBeforeAnybodyWeighsByThem() async throws {
    for statistics in Self.hostile {
      await #expect {
        _ = try await service.matches(
          MatchRequest(request: Self.request(statistics), believed: nil), by: host)
      } throws: {
        ($0 as? ProblemDocument)?.code == .malformed
      }
    }
    #expect(await engine.searchCount == 0)
    let count = CascadeLimits().highestDocumentCount * 100_000
    let sum = CollectionStatistics(
      documentCount: count, totalLength: .max, documentFrequencies: ["steady": count])
    let answer = try await service.matches(
      MatchRequest(request: Self.request(sum), believed: nil), by: host)
    #expect(answer.answer.hits.count == 1)
  }

  @Test func areIgnoredInAGroupsSearch() async throws {
    func weights(_ statistics: CollectionStatistics?) async throws -> [Double] {
      try await service.search(
        GroupSearchRequest(request: Self.request(statistics), isStrict: true), by: host
      ).answer.answer.hits.map(\.weight)
    }
    let expected = try await weights(nil)
    #expect(expected.count == 1)
    for statistics in Self.hostile { #expect(try await weights(statistics) == expected) }
  }
}
