import Protocol
import Testing

@testable import VirtualServer

/// A virtual server that has a standby, and one that is it.
@Suite struct StandbyStandingTests {
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

  private static let order = StandbyOrder(
    group: 1, epoch: 2, limitCount: 9, members: [GroupClient(node: "laptop", incarnation: 1)],
    membership: 5)

  @Test mutating func whoStandsByTakesCopiesInAnyEpochAndHasNoLease() {
    #expect(standing.take(.standBy(Self.order), now: 0) == [.settle])
    #expect(standing.refusal(of: ann) == nil)
    #expect(standing.refusal(of: bob) == .notAttached(bob))
    #expect(standing.refusal(ofRecordsBy: ann, group: 1, epoch: 2, now: 0) == nil)
    #expect(standing.refusal(ofRecordsBy: ann, group: 1, epoch: 7, now: 0) == nil)
    #expect(
      standing.refusal(ofRecordsBy: ann, group: 3, epoch: 2, now: 0)
        == .otherEpoch(group: 1, epoch: 2))
    #expect(!standing.takesRecords(now: 0))
    // Not even if one should be sent to it.
    _ = standing.take(.lease(epoch: 2, end: .max, limitCount: 1), now: 0)
    #expect(!standing.takesRecords(now: 0))
    #expect(standing.status(of: GroupContents(), now: 0)?.takesRecords == false)
    _ = standing.take(.drain, now: 0)
    #expect(standing.refusal(ofRecordsBy: ann, group: 1, epoch: 2, now: 0) == .draining)
  }

  @Test mutating func promotedItIsAVirtualServerLikeOthers() {
    _ = standing.take(.standBy(Self.order), now: 0)
    _ = standing.take(
      .serve(
        group: 1, epoch: 8, limitCount: 3, clients: [GroupClient(node: "laptop", incarnation: 1)],
        membership: 9), now: 0)
    #expect(standing.refusal(ofRecordsBy: ann, group: 1, epoch: 2, now: 0) != nil)
    #expect(standing.refusal(ofRecordsBy: ann, group: 1, epoch: 8, now: 0) == .noLease)
    _ = standing.take(.lease(epoch: 8, end: 100, limitCount: 3), now: 0)
    #expect(standing.refusal(ofRecordsBy: ann, group: 1, epoch: 8, now: 99) == nil)
    #expect(standing.refusal(ofRecordsBy: ann, group: 1, epoch: 8, now: 100) == .noLease)
  }

  private mutating func offer(
    of node: NodeIdentity, lacking: [String]? = nil, membership: UInt64 = 5
  ) {
    let copy = lacking.map {
      StandbyOffer.Copy(group: 1, port: 4711, membership: membership, incompleteNodes: $0)
    }
    standing.take(
      StandbyOffer(limitCount: node == ann ? 5 : 1, uptime: 1, copy: copy), of: node,
      at: "192.0.2.1", now: 0)
  }

  @Test mutating func theChosenClientGetsTheOrder() {
    let clients = ["desk", "laptop"].map { GroupClient(node: $0, incarnation: 3) }
    _ = standing.take(
      .serve(group: 1, epoch: 2, limitCount: 9, clients: clients, membership: 5), now: 0)
    offer(of: bob)
    #expect(standing.order(to: bob) == nil)
    offer(of: ann)
    #expect(standing.order(to: bob) == nil)
    #expect(
      standing.order(to: ann)
        == StandbyOrder(
          group: 1, epoch: 2, limitCount: 9,
          members: [
            GroupClient(node: "desk", incarnation: 3), GroupClient(node: "tower", incarnation: 0),
          ], membership: 5))
    #expect(standing.standby(beside: GroupContents()) == nil)
    _ = standing.take(.release("laptop", membership: 6), now: 0)
    #expect(standing.order(to: ann) == nil)
    offer(of: bob)
    #expect(standing.order(to: bob)?.members.map(\.node) == ["tower"])
  }

  @Test mutating func itIsReadyWhenItLacksNothingThatIsHere() {
    let clients = ["desk", "laptop"].map { GroupClient(node: $0, incarnation: 3) }
    _ = standing.take(
      .serve(group: 1, epoch: 2, limitCount: 9, clients: clients, membership: 5), now: 0)
    var contents = GroupContents()
    var entry = NodeContents(node: bob)
    (entry.catalog, entry.sequence, entry.base) = ("c", 4, 4)
    contents[bob] = entry
    offer(of: bob)
    offer(of: ann, lacking: ["desk"])
    #expect(standing.standby(beside: contents)?.isReady == false)
    // What is not here either, nobody misses.
    offer(of: ann, lacking: ["tower", "laptop"])
    let standby = standing.standby(beside: contents)
    #expect(standby?.isReady == true)
    #expect(standby?.node == "laptop")
    #expect(standby?.endpoint == NetworkEndpoint(address: "192.0.2.1", port: 4711))
    #expect(standing.status(of: contents, now: 0)?.standby == standby)
    // It may not know of a member whose records are here.
    offer(of: ann, lacking: [], membership: 4)
    #expect(standing.standby(beside: contents)?.isReady == false)
  }
}
