import MemoryEngine
import Protocol
import SearchModel
import Testing

@testable import VirtualServer

@Suite("Queries that cost too much for a group") struct CostlyQueryTests {
  @Test func areRefusedBeforeTheyCostAnything() async throws {
    let engine = GatedEngine(MemoryEngine())
    let clock = TestClock()
    let host = try World.node("ann", "laptop")
    let service = GroupService(
      host: host, index: try await GroupIndex(engine: engine, now: { clock.now }),
      // No other virtual server is known, so nobody is asked.
      client: try PeerClient(.localSocket), limits: GroupServiceLimits(), clock: { clock.now })
    _ = await service.take(
      .serve(group: 1, epoch: 1, limitCount: 5, clients: [], membership: 1))

    func search(_ query: Query) async throws {
      _ = try await service.search(
        GroupSearchRequest(request: SearchRequest(query: query), isStrict: true), by: host)
    }
    let wildcards = (0..<10_000).map { _ in Query.infix("a", field: nil) }
    try await search(.all(Array(wildcards.prefix(16))))
    let accepted = await engine.searchCount
    #expect(accepted > 0)
    for query: Query in [.all(Array(wildcards.prefix(17))), .all(wildcards), .not(.all(wildcards))]
    {
      await #expect {
        try await search(query)
      } throws: {
        ($0 as? ProblemDocument)?.title == "The query is too large"
      }
    }
    #expect(await engine.searchCount == accepted)
  }
}
