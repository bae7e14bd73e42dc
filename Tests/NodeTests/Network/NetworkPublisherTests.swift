import Foundation
import SearchModel
import TestSupport
import Testing

@testable import Node
@testable import Protocol

@Suite struct NetworkPublisherTests {
  /// A folder with files, and a virtual server that wants their records.
  final class Stage: Sendable {
    let workshop: Workshop
    let network: TestNetwork
    let publisher: NetworkPublisher
    let index = TestGroupIndex()
    let server: PeerServer
    let running: Task<Void, Never>

    init(fileCount: Int = 30) async throws {
      workshop = try Workshop()
      for number in 0..<fileCount { try workshop.shared.write("text \(number)", to: "f\(number)") }
      try await workshop.index()
      network = try TestNetwork()
      server = try await network.server(TestNetwork.node("bob", "host"), index.router)
      publisher = NetworkPublisher(catalog: workshop.catalog, client: try network.client())
      running = Task { [publisher] in await publisher.run() }
    }

    deinit { running.cancel() }

    var place: GroupServer {
      GroupServer(
        group: 1, epoch: 2, host: "host",
        endpoint: NetworkEndpoint(address: "127.0.0.1", port: UInt16(server.port)), isOwn: false)
    }

    /// What the catalog holds, as records by key.
    func truth() throws -> [RecordKey: Record] {
      var records: [RecordKey: Record] = [:]
      for change in try workshop.catalog.changes(after: 0, limit: .max).changes {
        if case .put(let record) = change { records[record.key] = record }
      }
      return records
    }

    func waitUntilPublished(_ index: TestGroupIndex? = nil) async throws {
      let index = index ?? self.index
      let truth = try truth()
      do {
        try await wait(until: "the records to be published") {
          let last = try workshop.catalog.lastSequence()
          let (records, position) = await (index.records, index.position)
          let state = await publisher.state
          return records == truth && position.sequence == last && state.acknowledged == last
        }
      } catch {
        Issue.record("\(await publisher.state), \(await index.position)")
        throw error
      }
    }

    func waitUntilCopied(to index: TestGroupIndex) async throws {
      let truth = try truth()
      try await wait(until: "the copy to be whole") { await index.records == truth }
    }

    func end() async {
      running.cancel()
      await running.value
      await server.shutDown(within: .seconds(5))
    }
  }

  /// Of a share of any size: one message without a record.
  @Test func aChangeOfVisibilityIsOneMessage() async throws {
    let stage = try await Stage()
    await stage.publisher.use(stage.place)
    try await stage.waitUntilPublished()
    let catalog = stage.workshop.catalog
    #expect(await stage.index.shares == (try catalog.shareTable()))
    let (records, requests) = await (stage.index.records, stage.index.requestCount)
    for visibility in [Visibility.users(["eve"]), .everyone] {
      try catalog.setVisibility(visibility, of: stage.workshop.shared.bytes)
      await stage.publisher.catalogChanged()
      try await wait(until: "the table to be published") {
        await stage.index.shares?.shares.values.first == visibility
      }
    }
    #expect(await stage.index.requestCount == requests + 2)
    #expect(await stage.index.records == records)
    #expect(try catalog.lastSequence() == (await stage.index.position.sequence))
    await stage.end()
  }

  @Test func whatIsNotForEveryoneDoesNotGoWhereAllIsShownToAll() async throws {
    let stage = try await Stage()
    let catalog = stage.workshop.catalog
    try catalog.setVisibility(.band, of: stage.workshop.shared.bytes)
    await stage.index.showAllToAll()
    await stage.publisher.use(stage.place)
    try await wait(until: "the publisher to say why") {
      await stage.publisher.state.problem?.contains("shows everything to everyone") == true
    }
    #expect(await stage.index.records.isEmpty)
    try catalog.setVisibility(.everyone, of: stage.workshop.shared.bytes)
    await stage.publisher.catalogChanged()
    try await stage.waitUntilPublished()
    await stage.end()
  }

  @Test func everythingIsPublishedAndChangesFollow() async throws {
    let stage = try await Stage()
    await stage.publisher.use(stage.place)
    try await stage.waitUntilPublished()
    try stage.workshop.shared.remove("f3")
    try stage.workshop.shared.write("more", to: "g")
    try await stage.workshop.index()
    await stage.publisher.catalogChanged()
    try await stage.waitUntilPublished()
    #expect(await stage.index.newBeginnings == 1)
    let requests = await stage.index.requestCount
    await stage.publisher.catalogChanged()
    try await stage.waitUntilPublished()
    #expect(await stage.index.requestCount == requests)
    await stage.end()
  }

  @Test func answersThatAreLostCostNothing() async throws {
    let stage = try await Stage()
    await stage.index.be(.losesAnswers)
    await stage.publisher.use(stage.place)
    try await stage.waitUntilPublished()
    #expect(await stage.index.newBeginnings == 1)
    await stage.end()
  }

  @Test func refusalsAreSaidAndTriedAgain() async throws {
    let stage = try await Stage()
    for (code, status) in [(ProblemCode.takesNoRecords, 503), (.notAttached, 403)] {
      await stage.index.be(.refuses(code, status: status))
      await stage.publisher.use(nil)
      await stage.publisher.use(stage.place)
      try stage.workshop.shared.write("x", to: "new \(code)")
      try await stage.workshop.index()
      await stage.publisher.catalogChanged()
      try await wait(until: "the refusal to be said") {
        await stage.publisher.state.problem != nil
      }
      await stage.index.be(.willing)
      await stage.publisher.tryAgain()
      try await stage.waitUntilPublished()
      #expect(await stage.publisher.state.problem == nil)
    }
    await stage.end()
  }

  /// Removals are kept until the group has them, although this machine's own index had them first.
  @Test func removalsWhileTheGroupIsAwayAreNotForgotten() async throws {
    let stage = try await Stage()
    await stage.publisher.use(stage.place)
    try await stage.waitUntilPublished()
    await stage.publisher.use(nil)
    for number in 0..<10 { try stage.workshop.shared.remove("f\(number)") }
    try await stage.workshop.index()
    await stage.publisher.use(stage.place)
    try await stage.waitUntilPublished()
    #expect(await stage.index.newBeginnings == 1)
    await stage.end()
  }

  @Test func anIndexThatWasThrownAwayIsFilledAgain() async throws {
    let stage = try await Stage()
    await stage.publisher.use(stage.place)
    try await stage.waitUntilPublished()
    await stage.index.loseEverything()
    try stage.workshop.shared.remove("f1")
    try await stage.workshop.index()
    await stage.publisher.catalogChanged()
    try await stage.waitUntilPublished()
    await stage.end()
  }

  @Test func anotherVirtualServerGetsEverything() async throws {
    let stage = try await Stage()
    await stage.publisher.use(stage.place)
    try await stage.waitUntilPublished()
    let other = TestGroupIndex()
    let server = try await stage.network.server(TestNetwork.node("cat", "second"), other.router)
    var place = stage.place
    (place.host, place.epoch) = ("second", 3)
    place.endpoint.port = UInt16(server.port)
    await stage.publisher.use(place)
    try await stage.waitUntilPublished(other)
    // Back home it goes on from where that one stands, or anew where removals are forgotten.
    try stage.workshop.shared.remove("f2")
    try await stage.workshop.index()
    await stage.publisher.catalogChanged()
    try await stage.waitUntilPublished(other)
    await stage.publisher.use(stage.place)
    try await stage.waitUntilPublished()
    await server.shutDown(within: .seconds(5))
    await stage.end()
  }

  /// The standby was a little behind when the virtual server died: what was removed meanwhile is
  /// removed there too, and nothing is sent that it has.
  @Test func aStandbyThatIsPromotedGoesOnWhereItWas() async throws {
    let stage = try await Stage()
    let second = TestGroupIndex()
    let server = try await stage.network.server(TestNetwork.node("cat", "second"), second.router)
    var place = stage.place
    place.host = "second"
    place.endpoint.port = UInt16(server.port)
    let copier = NetworkPublisher(
      catalog: stage.workshop.catalog, consumer: .standby, client: try stage.network.client(),
      memory: .milliseconds(50))
    let copying = Task { await copier.run() }
    await stage.publisher.use(stage.place)
    await copier.use(place)
    try await stage.waitUntilPublished()
    try await wait(until: "the standby to have all") {
      await second.position.sequence == stage.index.position.sequence
    }
    await second.be(.refuses(.unavailable, status: 503))
    for number in 0..<10 { try stage.workshop.shared.remove("f\(number)") }
    try await stage.workshop.index()
    await stage.publisher.catalogChanged()
    await copier.catalogChanged()
    try await stage.waitUntilPublished()
    #expect(await second.records.count == 30)
    await second.be(.willing)
    await copier.use(nil)
    place.epoch = 3
    await stage.publisher.use(place)
    try await stage.waitUntilPublished(second)
    #expect(await second.newBeginnings == 1)
    try await wait(until: "the standby's place to be handed over") {
      try stage.workshop.catalog.acknowledgedSequence(of: .standby) == 0
    }
    copying.cancel()
    await copying.value
    await server.shutDown(within: .seconds(5))
    await stage.end()
  }

  /// A virtual server that has started again names no standby for a moment. What was removed meanwhile
  /// is removed at the standby afterwards, and nothing is sent anew.
  @Test func aStandbyThatIsNotNamedForAMomentIsNotFilledAnew() async throws {
    let stage = try await Stage()
    let second = TestGroupIndex()
    let server = try await stage.network.server(TestNetwork.node("cat", "second"), second.router)
    var place = stage.place
    place.host = "second"
    place.endpoint.port = UInt16(server.port)
    let copier = NetworkPublisher(
      catalog: stage.workshop.catalog, consumer: .standby, client: try stage.network.client())
    let copying = Task { await copier.run() }
    await stage.publisher.use(stage.place)
    await copier.use(place)
    try await stage.waitUntilPublished()
    try await wait(until: "the standby to have all") { await second.records.count == 30 }
    await copier.use(nil)
    try stage.workshop.shared.remove("f3")
    try await stage.workshop.index()
    await stage.publisher.catalogChanged()
    await copier.catalogChanged()
    try await stage.waitUntilPublished()
    await copier.use(place)
    try await stage.waitUntilCopied(to: second)
    #expect(await second.newBeginnings == 1)
    copying.cancel()
    await copying.value
    await server.shutDown(within: .seconds(5))
    await stage.end()
  }

  /// The address has passed to somebody else: nothing is told to them.
  @Test func anotherNodeAtTheSameAddressGetsNothing() async throws {
    let stage = try await Stage()
    var place = stage.place
    place.host = "another"
    await stage.publisher.use(place)
    try await wait(until: "the refusal to be said") { await stage.publisher.state.problem != nil }
    #expect(await stage.index.requestCount == 0)
    await stage.end()
  }

  @Test func largeRecordsAreSentInPieces() async throws {
    let stage = try await Stage(fileCount: 0)
    for number in 0..<60 {
      let text = "\(number)" + String(repeating: "\"large\\ ", count: 40_000)
      try stage.workshop.shared.write(text, to: "large \(number)")
    }
    try await stage.workshop.index()
    await stage.publisher.use(stage.place)
    try await stage.waitUntilPublished()
    #expect(await stage.index.requestCount > 2)
    await stage.end()
  }

  /// A virtual server may say anything, also that it is to be asked at once, for ever.
  @Test(arguments: [Int.min, -1, 0, nil] as [Int?])
  func noRefusalIsAnsweredAtOnce(seconds: Int?) {
    for code in [ProblemCode.overloaded, .notAttached, .takesNoRecords, .otherEpoch] {
      var problem = ProblemDocument.overloaded
      (problem.code, problem.retryAfter) = (code, seconds)
      let pause = NetworkPublisher.pause(after: problem, atLeast: .seconds(4))
      #expect(pause == (code == .overloaded ? .seconds(4) : .milliseconds(500)), "\(code)")
      problem.retryAfter = .max
      let longest = NetworkPublisher.pause(after: problem, atLeast: .seconds(4))
      #expect(longest == .seconds(code == .overloaded ? 600 : 60), "\(code)")
      problem.retryAfter = 7
      #expect(NetworkPublisher.pause(after: problem, atLeast: .seconds(4)) == .seconds(7))
    }
  }
}
