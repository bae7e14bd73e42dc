import Foundation
import MemoryEngine
import Protocol
import SearchModel
import TestSupport
import Testing

@testable import VirtualServer

/// For whom a virtual server takes those who ask.
@Suite("Who asks", .timeLimit(.minutes(5))) struct ViewerTests {
  private static let label = ShareLabel("share")!

  /// The second host, of the first one's band, has a file for user5 alone, and so has the fourth,
  /// of another band. User5's nodes are the fifth's host and the first's guest.
  private func network() async throws -> SharingNetwork {
    let sharing = try await SharingNetwork(groups: 5) { _ in MemoryEngine() }
    for host in [2, 6] {
      try await sharing.share([Self.label: .users(["user5"])], by: host)
      let node = sharing.members[host].node
      try await sharing.publish(
        [
          Record(
            key: RecordKey("secret")!, filename: "secret of \(node.user)",
            owner: Owner(userSerialID: 1, userID: node.user.text), share: Self.label)
        ], by: host)
    }
    return sharing
  }

  private static let request = SearchRequest(
    query: .word("secret", field: nil), collapsesDuplicates: false)
  private static let all = ["secret of user2", "secret of user4"]

  private func names(_ answer: GroupSearchAnswer) -> [String] { answer.names.sorted() }

  @Test func userIsFoundOutByTheMandate() async throws {
    let sharing = try await network()
    let guest = 1
    #expect(sharing.members[guest].node.user.text == "user5")
    #expect(names(try await sharing.search(Self.request, by: guest)) == Self.all)
    #expect(names(try await sharing.search(Self.request, by: 8)) == Self.all)
    // Without it others show what everyone may see.
    #expect(
      try await sharing.search(Self.request, by: guest, hasMandate: false).names.isEmpty)
    #expect(try await sharing.search(Self.request, by: 0).names.isEmpty)
    // The owner needs nobody's leave.
    #expect(names(try await sharing.search(Self.request, by: 2)) == ["secret of user2"])
    await sharing.network.stop()
  }

  /// A filter that proves nothing for one who may see more must not be believed by him, also when it
  /// was for all others.
  @Test func aFilterThatIsRightForOthersProvesNothing() async throws {
    let sharing = try await network()
    try await wait(until: "the filters to prove that there is nothing for the host") {
      try await sharing.search(Self.request, by: 0).groups(.pruned).count == 4
    }
    #expect(names(try await sharing.search(Self.request, by: 1)) == Self.all)
    #expect(try await sharing.search(Self.request, by: 0).groups(.pruned).count == 4)
    // What is for somebody else now is hidden from him at once, and found by the other.
    for host in [2, 6] {
      try await sharing.share([Self.label: .users(["user1"])], by: host)
    }
    #expect(try await sharing.search(Self.request, by: 1).names.isEmpty)
    try await wait(until: "the host to find it") {
      names(try await sharing.search(Self.request, by: 0)) == Self.all
    }
    await sharing.network.stop()
  }

  @Test func aBadMandateIsNone() async throws {
    let sharing = try await network()
    let (host, asked) = (sharing.network.members[0].host, sharing.network.members[3])
    let user = sharing.members[1]
    func found(_ mandate: Mandate?, by node: NodeIdentity? = nil) async throws -> Int {
      try await asked.service.matches(
        MatchRequest(request: Self.request, believed: nil, mandate: mandate), by: node ?? host
      ).answer.hits.count
    }
    let good = try sharing.mandate(of: 1)
    #expect(try await found(good) == 1)
    #expect(try await found(nil) == 0)
    // In the hands of another coordinator, even the user's own.
    #expect(try await found(good, by: sharing.network.members[2].host) == 0)
    #expect(try await found(good, by: user.node) == 0)
    let old = try Mandate(
      for: host.node, by: user.credentials, now: Date().addingTimeInterval(-Mandate.lifetime - 1))
    #expect(try await found(old) == 0)
    let endless = try Mandate(
      for: host.node, by: user.credentials, now: Date().addingTimeInterval(3_600))
    #expect(try await found(endless) == 0)
    let foreign = try World()
    let stranger = try Mandate(
      for: host.node, by: foreign.credentials(.node(user.node)), now: Date())
    #expect(try await found(stranger) == 0)
    #expect(try await found(try sharing.mandate(of: 0)) == 0)
    // Whose right is taken back asks for nobody's sake, and nobody for his.
    _ = await asked.service.take(
      .revocations(
        RevocationDelta(revision: 1, users: ["user5"], nodes: [])))
    #expect(try await found(good) == 0)
    await sharing.network.stop()
  }

  /// One client of a group cannot ask in another's name through their coordinator.
  @Test func anotherClientsMandateIsNotPassedOn() async throws {
    let sharing = try await network()
    let answer = try await sharing.network.members[0].service.search(
      GroupSearchRequest(
        request: Self.request, isStrict: true, scope: "everywhere", deadline: 60_000,
        mandate: sharing.mandate(of: 1)), by: sharing.members[0].node)
    #expect(answer.names.isEmpty)
    await sharing.network.stop()
  }

  /// The band is what the central server says of the coordinator's machine.
  @Test func bandIsNotBelieved() async throws {
    let sharing = try await network()
    for host in [2, 6] { try await sharing.share([Self.label: .band], by: host) }
    #expect(names(try await sharing.search(Self.request, by: 0)) == ["secret of user2"])
    #expect(names(try await sharing.search(Self.request, by: 1)) == ["secret of user2"])
    #expect(try await sharing.search(Self.request, by: 8).names.isEmpty)
    let asked = sharing.network.members[1]
    for (node, count) in [
      (sharing.network.members[0].host, 1), (sharing.network.members[4].host, 0),
      (try World.node("user1", "elsewhere"), 0),
    ] {
      let answer = try await asked.service.matches(
        MatchRequest(request: Self.request, believed: nil), by: node)
      #expect(answer.answer.hits.count == count, "\(node)")
    }
    await sharing.network.stop()
  }
}
