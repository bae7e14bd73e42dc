import MemoryEngine
import Protocol
import SearchModel
import TestSupport
import Testing

@testable import VirtualServer

@Suite struct GroupIndexTests {
  private let engine = GatedEngine(MemoryEngine())
  private let clock = TestClock()
  private let ann: NodeIdentity
  private let bob: NodeIdentity

  init() throws {
    ann = try World.node("ann", "laptop")
    bob = try World.node("bob", "desk")
  }

  private func makeIndex(
    _ change: (inout GroupIndexLimits) -> Void = { _ in }
  ) async throws -> GroupIndex {
    var limits = GroupIndexLimits()
    change(&limits)
    return try await GroupIndex(engine: engine, limits: limits, now: { [clock] in clock.now })
  }

  private func publication(
    _ names: [String], by node: NodeIdentity, after: Int64 = 0, owner: String? = nil
  ) throws -> CheckedPublication {
    let end = after + Int64(names.count)
    return try CheckedPublication(
      PublicationRequest(
        group: 1, epoch: 1, catalog: "c", after: after, sequence: end, base: end,
        startsAnew: false,
        changes: names.map { name in
          .put(
            Record(
              key: RecordKey(name)!, filename: name,
              owner: Owner(userSerialID: 1, userID: owner ?? node.user.text)))
        }), by: node)
  }

  private func names() async throws -> [String] {
    try await engine.search(SearchRequest(query: .everything, limit: 100)).hits
      .map(\.record.filename).sorted()
  }

  @Test func aLonePublisherWaitsForOneCommit() async throws {
    let index = try await makeIndex()
    #expect(try await index.publish(publication(["a"], by: ann)) { nil } == 1)
    #expect(await engine.commitCount == 1)
    #expect(try await names() == ["a"])
  }

  @Test(.timeLimit(.minutes(2)))
  func whatArrivesDuringACommitSharesTheNext() async throws {
    let index = try await makeIndex { $0.waitingOfOneNode = 100 }
    await engine.hold()
    try await withThrowingTaskGroup(of: Int64.self) { group in
      let first = try publication(["first"], by: bob)
      group.addTask { try await index.publish(first) { nil } }
      try await wait(until: "the first commit") { await engine.waitingCommits == 1 }
      for number in 0..<20 {
        let node = try World.node("user\(number)", "node")
        let next = try publication(["\(number)"], by: node)
        group.addTask { try await index.publish(next) { nil } }
      }
      // One node's later changes follow those that are still waiting.
      let second = try publication(["second"], by: bob, after: 1)
      group.addTask { try await index.publish(second) { nil } }
      try await wait(until: "the others to wait") { await index.waitingCount == 21 }
      await engine.release()
      try await group.waitForAll()
    }
    #expect(await engine.commitCount == 2)
    #expect(try await names().count == 22)
    #expect(await index.contents(of: bob).sequence == 2)
  }

  @Test(.timeLimit(.minutes(2)))
  func aQueueThatIsFullTakesNoMore() async throws {
    let index = try await makeIndex {
      $0.waiting = 3
      $0.waitingOfOneNode = 2
    }
    await engine.hold()
    try await withThrowingTaskGroup(of: Void.self) { group in
      func start(_ node: NodeIdentity, _ after: Int64) throws {
        let next = try publication(["\(after)"], by: node, after: after)
        group.addTask { _ = try await index.publish(next) { nil } }
      }
      try start(ann, 0)
      try await wait(until: "the first commit") { await engine.waitingCommits == 1 }
      try start(ann, 1)
      try await wait(until: "one waits") { await index.waitingCount == 1 }
      try start(ann, 2)
      try await wait(until: "two wait") { await index.waitingCount == 2 }
      await #expect(throws: PublicationRefusal.overloaded) {
        try await index.publish(publication(["x"], by: ann, after: 3)) { nil }
      }
      try start(bob, 0)
      try await wait(until: "three wait") { await index.waitingCount == 3 }
      await #expect(throws: PublicationRefusal.overloaded) {
        try await index.publish(publication(["x"], by: World.node("eve", "pc"))) { nil }
      }
      await engine.release()
      try await group.waitForAll()
    }
    #expect(await index.contents(of: ann).sequence == 3)
  }

  @Test func aFailedCommitAcknowledgesNothing() async throws {
    let index = try await makeIndex()
    _ = try await index.publish(publication(["a"], by: ann)) { nil }
    await engine.fail(with: .diskFull(path: "/disk"))
    await #expect(throws: PublicationRefusal.engine(.diskFull(path: "/disk"))) {
      try await index.publish(publication(["b"], by: ann, after: 1)) { nil }
    }
    #expect(await index.contents(of: ann).sequence == 1)
    #expect(await index.contents(of: ann).count == 1)
    await engine.fail(with: nil)
    #expect(try await index.publish(publication(["b"], by: ann, after: 1)) { nil } == 2)
    #expect(try await names() == ["a", "b"])
  }

  @Test(.timeLimit(.minutes(2)))
  func aLeaseThatEndsWhileAPublicationWaitsRefusesIt() async throws {
    let index = try await makeIndex()
    await engine.hold()
    let lease = TestClock()
    let end = lease.now + 1
    let (ofAnn, ofBob) = (try publication(["a"], by: ann), try publication(["b"], by: bob))
    let first = Task { try await index.publish(ofAnn) { nil } }
    try await wait(until: "the first commit") { await engine.waitingCommits == 1 }
    let second = Task {
      try await index.publish(ofBob) { lease.now < end ? nil : .noLease }
    }
    try await wait(until: "the second waits") { await index.waitingCount == 1 }
    lease.advance(1)
    await engine.release()
    #expect(try await first.value == 1)
    await #expect(throws: PublicationRefusal.standing(.noLease)) { try await second.value }
    #expect(try await names() == ["a"])
  }

  @Test func aNodeTouchesItsOwnRecordsAlone() async throws {
    let index = try await makeIndex()
    _ = try await index.publish(publication(["same"], by: ann)) { nil }
    _ = try await index.publish(publication(["same"], by: bob)) { nil }
    #expect(try await names() == ["same", "same"])
    let ofAnn = KeySpace(of: ann).sharedKey(of: RecordKey("same")!)!
    for key in [RecordKey("same")!, ofAnn] {
      let removal = try CheckedPublication(
        PublicationRequest(
          group: 1, epoch: 1, catalog: "c", after: await index.contents(of: bob).sequence,
          sequence: 9, base: 9, startsAnew: false, changes: [.remove(key)]), by: bob)
      _ = try await index.publish(removal) { nil }
    }
    #expect(try await engine.record(for: ofAnn)?.owner.userID == "ann")
    #expect(try await names() == ["same"])
    #expect(throws: PublicationRefusal.anothersRecord(claimed: "ann")) {
      try publication(["x"], by: bob, owner: "ann")
    }
  }

  @Test func requestsThatContradictThemselvesAreRefused() throws {
    func check(_ change: (inout PublicationRequest) -> Void) -> PublicationRefusal? {
      var request = PublicationRequest(
        group: 1, epoch: 1, catalog: "c", after: 3, sequence: 4, base: 5, startsAnew: false,
        changes: [])
      change(&request)
      do throws(PublicationRefusal) {
        _ = try CheckedPublication(request, by: ann)
        return nil
      } catch {
        return error
      }
    }
    func isMalformed(_ change: (inout PublicationRequest) -> Void) -> Bool {
      if case .malformed = check(change) { true } else { false }
    }
    func record(_ change: (inout Record) -> Void) -> RecordChange {
      var record = Record(
        key: RecordKey("k")!, filename: "f", owner: Owner(userSerialID: 1, userID: "ann"))
      change(&record)
      return .put(record)
    }
    #expect(check { $0.changes = [record { _ in }] } == nil)
    #expect(isMalformed { $0.after = -1 })
    #expect(isMalformed { $0.sequence = 2 })
    #expect(isMalformed { $0.base = 3 })
    #expect(isMalformed { $0.startsAnew = true })
    #expect(isMalformed { $0.catalog = "" })
    #expect(isMalformed { $0.catalog = String(repeating: "c", count: 101) })
    #expect(
      isMalformed {
        $0.changes = Array(
          repeating: .remove(RecordKey("k")!), count: PublicationLimits.changeCount + 1)
      })
    let longKey = RecordKey(String(repeating: "k", count: KeySpace.longestOwnKey + 1))!
    #expect(isMalformed { $0.changes = [.remove(longKey)] })
    for name in ["", ".", "..", "a/b"] {
      #expect(isMalformed { $0.changes = [record { $0.filename = name }] }, "\(name)")
    }
    #expect(isMalformed { $0.changes = [record { $0.directory = "a/../../b" }] })
    #expect(isMalformed { $0.changes = [record { $0.size = -1 }] })
    // Others would not believe them, and with them the whole index.
    let long = String(repeating: "a", count: Record.longestDirectory + 1)
    #expect(isMalformed { $0.changes = [record { $0.filename = long }] })
    #expect(isMalformed { $0.changes = [record { $0.directory = long }] })
    #expect(isMalformed { $0.changes = [record { $0.title = long }] })
    #expect(isMalformed { $0.changes = [record { $0.keywords = [long] }] })
  }

  @Test func anIndexThatDoesNotSayWhoseRecordsItHoldsIsNotUsed() async throws {
    _ = try await engine.apply([.put(Record(key: RecordKey("k")!, filename: "f"))])
    _ = try await engine.commit(notes: [:])
    await #expect(throws: EngineError.self) { try await makeIndex() }
    _ = try await engine.commit(notes: [GroupContents.noteName: "{"])
    await #expect(throws: EngineError.self) { try await makeIndex() }
  }

  @Test func keysOfNodesAreApart() throws {
    let key = RecordKey("0123456789abcdef")!
    let shared = try #require(KeySpace(of: ann).sharedKey(of: key))
    #expect(shared.value.utf8.count == 29)
    #expect(KeySpace(of: ann).ownKey(of: shared) == key)
    #expect(KeySpace(of: bob).ownKey(of: shared) == nil)
    #expect(KeySpace.prefix(of: shared) == KeySpace(of: ann).prefix)
    #expect(KeySpace.prefix(of: key) == nil)
    // The same on every machine and in every version.
    #expect(KeySpace(of: ann).prefix == "Q6ejZMYoLZiB")
    let longest = RecordKey(String(repeating: "k", count: KeySpace.longestOwnKey))!
    #expect(KeySpace(of: ann).sharedKey(of: longest) != nil)
  }
}
