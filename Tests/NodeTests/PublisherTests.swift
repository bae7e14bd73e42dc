import SearchModel
import TestSupport
import Testing

@testable import Node

@Suite struct PublisherTests {
  private func workshop(engine: RecordingEngine = RecordingEngine()) async throws -> Workshop {
    let workshop = try Workshop(engine: engine)
    for index in 0..<20 { try workshop.shared.write("text \(index)", to: "f\(index)") }
    try await workshop.index()
    return workshop
  }

  /// The same catalog with another index.
  private func publish(_ workshop: Workshop, to engine: RecordingEngine) async throws {
    try await Publisher(catalog: workshop.catalog, engine: engine).publish()
    #expect(engine.records == workshop.engine.records)
  }

  @Test func anEmptyIndexGetsEverything() async throws {
    let workshop = try await workshop()
    try await publish(workshop, to: RecordingEngine())
  }

  @Test func anIndexOfAnotherCatalogLosesWhatIsNotOurs() async throws {
    let other = try await self.workshop()
    let workshop = try await workshop()
    let engine = RecordingEngine(other.engine.state)
    #expect(engine.records.keys != workshop.engine.records.keys)
    try await publish(workshop, to: engine)
  }

  @Test func anIndexFromBeforeForgottenRemovalsIsMadeAnew() async throws {
    let workshop = try await workshop()
    let old = RecordingEngine(workshop.engine.state)
    try workshop.shared.remove("f3")
    try await workshop.index()
    #expect(old.records.count == 20)
    try await publish(workshop, to: old)
  }

  @Test func anIndexFromTheFutureIsMadeAnew() async throws {
    let workshop = try await workshop()
    var state = workshop.engine.state
    state.notes[PublicationNote.name] =
      PublicationNote(
        catalog: workshop.catalog.identity, sequence: 10_000, base: 10_000,
        owner: workshop.catalog.owner
      ).text
    state.records = state.records.filter { $0.value.filename != "f7" }
    try await publish(workshop, to: RecordingEngine(state))
  }

  @Test func recordsOfAnotherOwnerAreMadeAnewWithoutReadingAFile() async throws {
    let (shared, state, engine) = (
      try TemporaryFolder(), try TemporaryFolder(), RecordingEngine()
    )
    do {
      let workshop = try Workshop(shared: shared, state: state, engine: engine)
      for index in 0..<20 { try shared.write("text \(index)", to: "f\(index)") }
      try await workshop.index()
      try shared.remove("f3")
      try await workshop.index()
    }
    #expect(engine.records.values.allSatisfy { $0.owner == .local })
    let ann = Owner(userSerialID: 7, userID: "ann of two words")
    var next: Workshop?
    try await wait(until: "the first session to let the catalog go") {
      next = try? Workshop(shared: shared, state: state, engine: engine, owner: ann)
      return next != nil
    }
    let workshop = try #require(next)
    // What is on the disk meanwhile is not looked at.
    try shared.write("new", to: "unseen")
    engine.fail(afterCommits: 1)
    await #expect(throws: EngineError.self) { try await workshop.session.publish() }
    engine.fail(afterCommits: nil)
    try await workshop.session.publish()
    #expect(engine.records.count == 19)
    #expect(engine.records.values.allSatisfy { $0.owner == ann && !$0.title.isEmpty })
    #expect(workshop.takeExtractionCount() == 0)
    let commits = engine.commitCount
    try await workshop.session.publish()
    #expect(engine.commitCount == commits, "it is done once")
  }

  @Test func anIndexThatDoesNotSayWhoseItIsIsMadeAnew() async throws {
    let workshop = try await workshop()
    var state = workshop.engine.state
    let text = try #require(state.notes[PublicationNote.name])
    let note = try #require(PublicationNote(text: text))
    state.notes[PublicationNote.name] = "\(note.catalog) \(note.sequence) \(note.base)"
    state.records = state.records.mapValues { record in
      var record = record
      record.owner = Owner(userSerialID: 9, userID: "former")
      return record
    }
    try await publish(workshop, to: RecordingEngine(state))
  }

  @Test(arguments: 0..<4)
  func anIndexThatFailsAtACommitIsCompleteAfterTheNextTry(commits: Int) async throws {
    let workshop = try await workshop()
    let engine = RecordingEngine()
    engine.fail(afterCommits: commits)
    let publisher = Publisher(catalog: workshop.catalog, engine: engine)
    let failed = await #expect(throws: EngineError.self, "\(commits)") {
      try await publisher.publish()
      // More commits than the publishing makes: nothing is left to fail.
      if commits >= 2 { throw EngineError.invalidRequest("no failure") }
    }
    #expect(failed != nil)
    engine.fail(afterCommits: nil)
    try await publish(workshop, to: engine)
  }

  @Test func deltasInSmallPartsAddUp() async throws {
    let workshop = try await workshop()
    for index in 0..<20 where index % 3 == 0 { try workshop.shared.remove("f\(index)") }
    try workshop.shared.move("f1", to: "g1")
    var summary = IndexingSummary()
    for share in try workshop.catalog.shares() {
      #expect(try workshop.session.scanner.scan(share, step: { summary.add($0) }) == nil)
    }
    let all = try workshop.catalog.changes(after: 0, limit: 1000)
    #expect(all.isLast)
    for limit in 1...7 {
      var parts: [RecordChange] = []
      var after: Int64 = 0
      var isLast = false
      while !isLast {
        let delta = try workshop.catalog.changes(after: after, limit: limit)
        #expect(delta.lastSequence > after || delta.isLast)
        parts += delta.changes
        (after, isLast) = (delta.lastSequence, delta.isLast)
      }
      #expect(parts == all.changes, "limit \(limit)")
    }
  }
}
