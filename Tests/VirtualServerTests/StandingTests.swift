import Protocol
import Testing

@testable import VirtualServer

@Suite struct StandingTests {
  private let host: NodeIdentity
  private let ann: NodeIdentity
  private let bob: NodeIdentity
  private var standing: GroupStanding

  init() throws {
    host = try World.node("host", "tower")
    ann = try World.node("ann", "laptop")
    bob = try World.node("bob", "desk")
    standing = GroupStanding(host: host, presenceGrace: 100, now: 0)
  }

  private mutating func serve(_ clients: [String], version: UInt64 = 1) {
    let clients = clients.map { GroupClient(node: $0, incarnation: 1) }
    #expect(
      standing.take(
        .serve(group: 1, epoch: 2, limitCount: 9, clients: clients, membership: version), now: 0)
        == [.settle])
  }

  @Test mutating func onlyClientsAndTheHostAreLetIn() {
    #expect(standing.refusal(of: ann) == .noGroup)
    serve(["laptop"])
    #expect(standing.refusal(of: ann) == nil)
    #expect(standing.refusal(of: host) == nil)
    #expect(standing.refusal(of: bob) == .notAttached(bob))
    #expect(
      standing.take(.admit(GroupClient(node: "desk", incarnation: 3), membership: 2), now: 5) == [
        .settle
      ])
    #expect(standing.refusal(of: bob) == nil)
    #expect(standing.take(.release("laptop", membership: 3), now: 5) == [.settle])
    #expect(standing.refusal(of: ann) == .notAttached(ann))
  }

  @Test mutating func clientsMayBeNamedWithTheirUsers() throws {
    serve(["ann/laptop"])
    #expect(standing.refusal(of: ann) == nil)
    #expect(standing.refusal(of: try World.node("eve", "laptop")) != nil)
  }

  @Test mutating func changesOfAnotherVersionWaitForTheWholeList() {
    serve(["laptop"], version: 7)
    for version: UInt64 in [0, 1, 7, 9, .max] {
      #expect(
        standing.take(
          .admit(GroupClient(node: "desk", incarnation: 1), membership: version), now: 0) == [])
      #expect(standing.take(.release("laptop", membership: version), now: 0) == [])
    }
    #expect(standing.membership.version == 7)
    #expect(standing.refusal(of: ann) == nil)
    _ = standing.take(.members([GroupClient(node: "desk", incarnation: 1)], membership: 9), now: 0)
    #expect(standing.membership.version == 9)
    #expect(standing.refusal(of: ann) == .notAttached(ann))
    _ = standing.take(
      .members([GroupClient(node: "laptop", incarnation: 1)], membership: 8), now: 0)
    #expect(standing.refusal(of: ann) == .notAttached(ann))
  }

  @Test mutating func silentClientsAreMissing() {
    serve(["laptop", "desk"])
    #expect(standing.status(of: GroupContents(), now: 99)?.missing == [])
    standing.heard(of: ann, incarnation: 4, now: 50)
    #expect(
      standing.status(of: GroupContents(), now: 100)?.missing
        == [GroupClient(node: "desk", incarnation: 1)])
    // What an earlier start sent says nothing of the present one.
    standing.heard(of: ann, incarnation: 3, now: 140)
    #expect(
      standing.status(of: GroupContents(), now: 150)?.missing == [
        GroupClient(node: "desk", incarnation: 1), GroupClient(node: "laptop", incarnation: 4),
      ])
    standing.heard(of: bob, now: 150)
    #expect(standing.status(of: GroupContents(), now: 160)?.missing.map(\.node) == ["laptop"])
    standing.heard(of: host, now: 150)
  }

  @Test mutating func theRevokedAreRefusedWhoeverTheyAre() {
    serve(["laptop", "desk"])
    _ = standing.take(
      .revocations(RevocationDelta(revision: 3, users: ["ann"], nodes: ["desk", "tower"])), now: 0)
    #expect(standing.refusal(of: ann) == .revoked(ann))
    #expect(standing.refusal(of: bob) == .revoked(bob))
    #expect(standing.refusal(of: host) == .revoked(host))
    // An older one is no news.
    _ = standing.take(.revocations(RevocationDelta(revision: 2, restoredUsers: ["ann"])), now: 0)
    #expect(standing.refusal(of: ann) == .revoked(ann))
    _ = standing.take(
      .revocations(RevocationDelta(revision: 4, restoredUsers: ["ann"], restoredNodes: ["tower"])),
      now: 0)
    #expect(standing.refusal(of: ann) == nil)
    #expect(standing.refusal(of: host) == nil)
    #expect(standing.refusal(of: bob) == .revoked(bob))
  }

  @Test mutating func recordsAreTakenForTheGroupsEpochAlone() {
    serve(["laptop"])
    #expect(standing.refusal(ofRecordsBy: ann, group: 1, epoch: 2, now: 0) == .noLease)
    #expect(!standing.takesRecords(now: 0))
    _ = standing.take(.lease(epoch: 2, end: 100, limitCount: 4), now: 0)
    #expect(standing.takesRecords(now: 99))
    #expect(standing.status(of: GroupContents(), now: 0)?.limitCount == 4)
    #expect(standing.refusal(ofRecordsBy: ann, group: 1, epoch: 2, now: 0) == nil)
    #expect(standing.refusal(ofRecordsBy: bob, group: 1, epoch: 2, now: 0) == .notAttached(bob))
    for (group, epoch) in [(1, 1), (1, 3), (2, 2)] as [(UInt64, UInt64)] {
      #expect(
        standing.refusal(ofRecordsBy: ann, group: group, epoch: epoch, now: 0)
          == .otherEpoch(group: 1, epoch: 2))
    }
    _ = standing.take(.drain, now: 0)
    #expect(standing.refusal(ofRecordsBy: ann, group: 1, epoch: 2, now: 0) == .draining)
    // The next epoch begins without a lease.
    _ = standing.take(.serve(group: 1, epoch: 3, limitCount: 9, clients: [], membership: 2), now: 0)
    #expect(standing.refusal(ofRecordsBy: host, group: 1, epoch: 3, now: 0) == .noLease)
  }
}
