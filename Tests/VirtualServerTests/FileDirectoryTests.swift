import Protocol
import Testing

@testable import VirtualServer

@Suite struct FileDirectoryTests {
  private func node(_ name: String) throws -> NodeIdentity {
    NodeIdentity(user: try PeerName("user"), node: try PeerName(name))
  }

  @Test func whoSaysWhereIsFoundThere() throws {
    var standing = GroupStanding(host: try node("host"), presenceGrace: 1000, now: 0)
    let clients = ["a", "b"].map { GroupClient(node: $0, incarnation: 1) }
    _ = standing.take(
      .serve(group: 1, epoch: 1, limitCount: 5, clients: clients, membership: 1), now: 0)
    standing.take(FileOffer(port: 7), of: try node("a"), at: "192.0.2.1")
    // Where a node is not seen, and at no port, there is nothing to fetch.
    standing.take(FileOffer(port: 7), of: try node("b"), at: nil)
    _ = standing.take(.files(at: NetworkEndpoint(address: "192.0.2.9", port: 8)), now: 0)
    #expect(
      standing.files.source(of: try node("a")).endpoint
        == NetworkEndpoint(address: "192.0.2.1", port: 7))
    #expect(standing.files.source(of: try node("b")).endpoint == nil)
    #expect(standing.files.source(of: try node("host")).endpoint?.port == 8)
    standing.take(FileOffer(port: 0), of: try node("a"), at: "192.0.2.1")
    #expect(standing.files.source(of: try node("a")).endpoint == nil)
  }

  @Test func whoLeavesIsForgottenAndWhoStandsByIsTold() throws {
    var standing = GroupStanding(host: try node("host"), presenceGrace: 1000, now: 0)
    let clients = ["a", "b"].map { GroupClient(node: $0, incarnation: 1) }
    _ = standing.take(
      .serve(group: 1, epoch: 1, limitCount: 5, clients: clients, membership: 1), now: 0)
    for name in ["a", "b"] {
      standing.take(FileOffer(port: 7), of: try node(name), at: "192.0.2.1")
    }
    _ = standing.take(.release("a", membership: 2), now: 1)
    standing.take(FileOffer(port: 7), of: try node("b"), at: "192.0.2.1")
    #expect(standing.files.source(of: try node("a")).endpoint == nil)
    var standby = GroupStanding(host: try node("c"), presenceGrace: 1000, now: 0)
    let order = StandbyOrder(
      group: 1, epoch: 1, limitCount: 5, members: clients, membership: 1,
      files: standing.files.all { _ in true })
    _ = standby.take(.standBy(order), now: 0)
    #expect(standby.files.source(of: try node("b")).endpoint?.port == 7)
  }
}
