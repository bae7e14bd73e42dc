import Protocol
import SearchModel
import TestSupport
import Testing

/// Records and searches over real processes, certificates and sockets.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PublishingProcessTests {
  private let world: World
  private let host: NodeIdentity
  private let ann: NodeIdentity
  private let bob: NodeIdentity

  init() throws {
    world = try World()
    host = try World.node("host", "tower")
    ann = try World.node("ann", "laptop")
    bob = try World.node("bob", "desk")
  }

  @Test func whatANodePublishesItsGroupFinds() async throws {
    let server = try await ServerProcess(world, host: host)
    let (annsNode, bobsNode) = (try await server.node(ann), try await server.node(bob))
    let hostNode = try await server.node(host)
    #expect(try await refused { try await annsNode.position() } == .takesNoRecords)
    try await server.serve([ann, bob])

    let empty = try await annsNode.position()
    #expect(empty.catalog == nil && empty.sequence == 0 && empty.recordCount == 0)
    #expect((empty.group, empty.epoch) == (1, 1))
    let before = try await bobsNode.search(.words("report"))
    #expect(Set(before.incompleteNodes) == ["laptop", "desk", "tower"])

    // The same file on both nodes, and one of the host's own.
    let first = try await annsNode.publish(annsNode.changes(["report.txt", "letter.txt"]))
    #expect(first.sequence == 2)
    try await bobsNode.publish(bobsNode.changes(["report.txt"]))
    try await hostNode.publish(hostNode.changes(["report-two.txt"]))
    #expect(try await bobsNode.find("report") == ["report-two.txt", "report.txt", "report.txt"])
    let answer = try await annsNode.search(.words("report"))
    #expect(
      Set(answer.answer.answer.hits.map(\.record.owner.userID)) == ["ann", "bob", "host"])
    #expect(answer.recordCount == 4)
    #expect(answer.incompleteNodes == [])

    // A key says whose record it is.
    for hit in answer.answer.answer.hits {
      let owner = try #require(
        [ann, bob, host].first { KeySpace(of: $0).contains(hit.record.key) })
      #expect(owner.user.text == hit.record.owner.userID)
    }
    // A word that matches nothing: what it might have meant, for who is not strict.
    let mistyped = try await annsNode.search(.words("lettre"), isStrict: false)
    #expect(mistyped.answer.answer.hits.map(\.record.filename) == ["letter.txt"])
    #expect(mistyped.spellings["lettre"]?.first == "letter")
    #expect(try await annsNode.find("lettre") == [])

    var removal = try annsNode.changes(["x"], after: 2)
    removal.changes = [.remove(RecordKey("key-report.txt")!)]
    try await annsNode.publish(removal)
    #expect(try await bobsNode.find("report") == ["report-two.txt", "report.txt"])
    #expect(try await annsNode.position().recordCount == 1)
    let presence = try await annsNode.presence()
    #expect(presence == PresenceAnswer(group: 1, epoch: 1, takesRecords: true))
    let health: VirtualServerStatus = try await annsNode.send(.get("/v1/health"))
    #expect(health.recordCount == 3)
    try await end(server)
  }

  @Test func aRefusedPublisherGoesOnFromThePositionItIsTold() async throws {
    let server = try await ServerProcess(world, host: host, options: ["--quota", "3"])
    let node = try await server.node(ann)
    try await server.serve([ann])
    try await node.publish(node.changes(["a", "b"]))
    for (after, catalog) in [(0, "catalog"), (1, "catalog"), (3, "catalog"), (2, "other")] {
      var request = try node.changes(["c"], after: Int64(after))
      request.catalog = catalog
      let refusal = try #require(try await node.refusal { try await node.publish(request) })
      #expect(refusal.code == .otherPosition)
      #expect(refusal.position == (try await node.position()))
      #expect(refusal.position?.sequence == 2)
      #expect(refusal.position?.catalog == "catalog")
    }
    try await node.publish(node.changes(["c"], after: 2))
    // The quota: nothing of what is too much is taken, and what stays below it is.
    let quota = try #require(
      try await node.refusal { try await node.publish(node.changes(["d"], after: 3)) })
    #expect(quota.code == .quotaExceeded)
    #expect(quota.detail.contains("3"))
    var replacement = try node.changes(["d"], after: 3)
    replacement.changes = [.put(node.record("a")), .remove(node.record("b").key)]
    try await node.publish(replacement)
    #expect(try await node.position().recordCount == 2)
    // Anew: what was there goes first.
    let anew = try node.changes(["e"], startsAnew: true)
    #expect(try await node.publish(anew).sequence == 1)
    #expect(try await node.search(.everything).answer.answer.hits.map(\.record.filename) == ["e"])
    try await end(server)
  }

  @Test func nobodyPublishesForAnother() async throws {
    let server = try await ServerProcess(world, host: host)
    let (annsNode, bobsNode) = (try await server.node(ann), try await server.node(bob))
    try await server.serve([ann, bob])
    try await annsNode.publish(annsNode.changes(["secret"]))
    var claim = try bobsNode.changes(["x"])
    claim.changes = [.put(bobsNode.record("x", owner: "ann"))]
    #expect(try await refused { try await bobsNode.publish(claim) } == .forbidden)
    // The key of another's record, in either form, is a key of one's own.
    let key = annsNode.record("secret").key
    for (number, key) in [key, KeySpace(of: ann).sharedKey(of: key)!].enumerated() {
      var removal = try bobsNode.changes(["x"], after: Int64(number))
      removal.changes = [.remove(key)]
      try await bobsNode.publish(removal)
    }
    #expect(try await annsNode.find("secret") == ["secret"])
    #expect(try await annsNode.position().recordCount == 1)
    try await end(server)
  }

  @Test func recordsAreTakenOnlyUnderTheLeaseOfTheEpoch() async throws {
    let server = try await ServerProcess(world, host: host)
    let node = try await server.node(ann)
    try await server.serve([ann], epoch: 5, lease: 0)
    let request = try node.changes(["a"], epoch: 5)
    #expect(try await refused { try await node.publish(request) } == .takesNoRecords)
    #expect(try await node.presence().takesRecords == false)
    #expect(try await node.find("a") == [])
    try server.send(.lease(epoch: 4, end: .max, limitCount: 9))
    try server.send(.lease(epoch: 5, end: .max, limitCount: 9))
    try await server.settled { $0.takesRecords && $0.limitCount == 9 }
    for (group, epoch) in [(1, 4), (1, 6), (2, 5)] as [(UInt64, UInt64)] {
      let other = try node.changes(["a"], epoch: epoch, group: group)
      #expect(try await refused { try await node.publish(other) } == .otherEpoch)
    }
    #expect(try await refused { try await node.presence(group: 2) } == .otherEpoch)
    try await node.publish(request)
    // A lease that ends by itself.
    try await server.serve([ann], epoch: 6, membership: 2, lease: 0)
    try server.send(.lease(epoch: 6, end: MachineClock.milliseconds() + 1, limitCount: 7))
    // Taken and over: before the lease came none were taken either.
    try await server.settled { $0.limitCount == 7 && !$0.takesRecords }
    let late = try node.changes(["b"], after: 1, epoch: 6)
    #expect(try await refused { try await node.publish(late) } == .takesNoRecords)
    // Draining: no records, whatever renewals come; searches as ever.
    try server.send(.drain)
    try server.send(.lease(epoch: 6, end: .max, limitCount: 8))
    try await server.settled { $0.limitCount == 8 }
    #expect(try await refused { try await node.publish(late) } == .takesNoRecords)
    #expect(try await node.find("a") == ["a"])
    try await end(server)
  }

  @Test func onlyTheGroupIsLetIn() async throws {
    let server = try await ServerProcess(world, host: host)
    let (annsNode, bobsNode) = (try await server.node(ann), try await server.node(bob))
    try await server.serve([ann])
    for work in Self.everything(of: bobsNode) {
      #expect(try await refused(work) == .notAttached)
    }
    try server.send(.admit(GroupClient(node: "desk", incarnation: 1), membership: 2))
    try await server.settled { $0.membership == 2 }
    _ = try await bobsNode.presence()
    // Revoked at once, on the connection that is open.
    try server.send(.revocations(RevocationDelta(revision: 1, users: ["bob"])))
    try await wait(until: "the revocation") {
      try await refused { try await bobsNode.presence() } == .certificateRevoked
    }
    for work in Self.everything(of: bobsNode) {
      #expect(try await refused(work) == .certificateRevoked)
    }
    _ = try await annsNode.presence()
    // The central server is no node, and another authority's nodes are strangers.
    let central = TestNode(
      identity: ann, client: try world.client(.centralServer), host: host,
      port: try await server.port())
    #expect(try await refused { try await central.position() } == .wrongPeer)
    let foreign = TestNode(
      identity: ann, client: try World().client(.node(ann)), host: host,
      port: try await server.port())
    await #expect(throws: PeerClientError.self) { try await foreign.position() }
    try await end(server)
  }

  private static func everything(of node: TestNode) -> [() async throws -> Void] {
    [
      { _ = try await node.position() }, { try await node.publish(node.changes(["x"])) },
      { _ = try await node.presence() }, { _ = try await node.find("x") },
      { let _: VirtualServerStatus = try await node.send(.get("/v1/health")) },
    ]
  }

  /// The code of the refusal; nil if there is none.
  private func refused(_ work: () async throws -> some Any) async throws -> ProblemCode? {
    do {
      _ = try await work()
      return nil
    } catch let document as ProblemDocument {
      return document.code
    }
  }

  private func end(_ server: ServerProcess) async throws {
    try server.send(.stop)
    #expect(try await server.program.waitForEnd() == .exited(0), "\(server.errorText)")
  }
}
