import Cascade
import MemoryEngine
import Protocol
import SearchModel
import TestSupport
import Testing

@testable import VirtualServer

/// Term filters grow with what a group has, and must come through whatever their size.
@Suite struct LargeFilterTests {
  private static let recordCount = 3_000

  private func server(
    _ number: UInt64, in world: World
  ) async throws -> InProcessVirtualServer {
    let host = try World.node("ann", "server-\(number)")
    let server = try await InProcessVirtualServer(
      host: host, credentials: CredentialStore(world.credentials(.node(host))),
      engine: MemoryEngine())
    await server.take(
      .serve(group: number, epoch: 1, limitCount: 5, clients: [], membership: 1))
    await server.take(
      .lease(epoch: 1, end: MachineClock.milliseconds() + 3_600_000, limitCount: 5))
    return server
  }

  /// Every word of a record is in no other.
  private func publication(by host: NodeIdentity) -> PublicationRequest {
    let changes = (0..<Self.recordCount).map { number in
      RecordChange.put(
        Record(
          key: RecordKey("key-\(number)")!, filename: "\(number)", directory: "", size: 1,
          title: (0..<20).map { "w" + String(number * 20 + $0, radix: 26) }.joined(separator: " "),
          owner: Owner(userSerialID: 1, userID: host.user.text)))
    }
    let end = Int64(changes.count)
    return PublicationRequest(
      group: 2, epoch: 1, catalog: "catalog", after: 0, sequence: end, base: end,
      startsAnew: false, changes: changes)
  }

  @Test func aGroupOfManyTermsIsProvenToHoldNoMatch() async throws {
    let world = try World()
    let (near, far) = (try await server(1, in: world), try await server(2, in: world))
    try await far.publish(publication(by: far.host), by: far.host)
    let filter = TermFilter(try await far.engine.termFingerprints())
    // More than any other string of a message may have.
    try #require(filter.encoded.count > JSONLimits.standard.stringByteCount)
    await near.take(
      .directory(
        DirectoryDelta(
          version: DirectoryVersion(term: 1, number: 1), startsAnew: true,
          entries: [near, far].enumerated().map { place, server in
            DirectoryEntry(
              group: UInt64(place + 1), epoch: 1, host: server.host.node.text,
              endpoint: NetworkEndpoint(address: "127.0.0.1", port: UInt16(server.port)),
              band: "m:band")
          })))
    let request = GroupSearchRequest(
      request: SearchRequest(query: .word("nowhere", field: .title)), scope: "everywhere")
    let client = try world.client(.node(near.host))
    try await wait(until: "the filter to prove it") {
      let answer: GroupSearchAnswer = try await client.sendImproving(
        .post("/v1/search", request), to: .network(host: "127.0.0.1", port: near.port),
        expecting: .node(near.host)
      ) { (_: GroupSearchAnswer) in }
      return answer.coverage.completeness.outcomes["2"] == .pruned
    }
    client.shutDown()
    await near.shutDown()
    await far.shutDown()
  }
}
