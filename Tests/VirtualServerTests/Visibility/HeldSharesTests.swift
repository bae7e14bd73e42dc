import Cascade
import Foundation
import MemoryEngine
import Protocol
import SearchModel
import TestSupport
import Testing

@testable import VirtualServer

/// Who may see what of an index, whatever comes and goes in it, and when.
@Suite("Who may see what", .timeLimit(.minutes(2))) struct HeldSharesTests {
  private let stranger = Viewer(userID: "eve", isInOwnersBand: false)
  private let ann: NodeIdentity
  private let label = ShareLabel("one")!
  private let other = ShareLabel("two")!

  init() throws { ann = try World.node("ann", "laptop") }

  private func record(_ name: String, of share: ShareLabel?) -> Record {
    Record(
      key: RecordKey(name)!, filename: name, owner: Owner(userSerialID: 1, userID: "ann"),
      share: share)
  }

  private func publish(
    _ changes: [RecordChange], after: Int64, shares: [ShareLabel: Visibility]? = nil,
    startsAnew: Bool = false, to index: GroupIndex
  ) async throws {
    let end = after + Int64(changes.count)
    _ = try await index.publish(
      try CheckedPublication(
        PublicationRequest(
          group: 1, epoch: 1, catalog: "catalog", after: after, sequence: end, base: end,
          startsAnew: startsAnew, changes: changes, shares: shares.map(ShareTable.init)), by: ann),
      permit: { nil })
  }

  private func names(_ index: GatedIndex, _ viewer: Viewer) async throws -> Set<String> {
    let request = SearchRequest(query: .everything, limit: 100, collapsesDuplicates: false)
    return Set(
      try await index.matches(for: request, believed: nil, by: viewer).answer.hits
        .map(\.record.filename))
  }

  /// Records of a share that no table names are their owner's alone: before the table comes, and after
  /// the share has ended, until the last of them is gone.
  @Test(arguments: EngineKind.allCases)
  func aShareThatNoTableNamesIsTheOwnersAlone(kind: EngineKind) async throws {
    let place = try EnginePlace(kind)
    let index = try await GroupIndex(engine: place.open(), now: { 0 })
    let gated = GatedIndex(index, limits: .generous)
    let owner = Viewer(userID: "ann", isInOwnersBand: false)
    try await publish(
      [.put(record("a", of: label)), .put(record("b", of: nil))], after: 0, to: index)
    #expect(try await names(gated, stranger) == ["b"])
    #expect(try await names(gated, owner) == ["a", "b"])
    try await publish([], after: 2, shares: [label: .everyone], to: index)
    #expect(try await names(gated, stranger) == ["a", "b"])
    #expect(index.shares.look(by: stranger).note == nil)
    try await publish(
      [.put(record("c", of: other))], after: 2, shares: [other: .everyone], to: index)
    #expect(try await names(gated, stranger) == ["b", "c"])
    // What stands in the index says so too, when it is opened again.
    let again = GatedIndex(
      try await GroupIndex(engine: index.engine, now: { 0 }), limits: .generous)
    #expect(try await names(again, stranger) == ["b", "c"])
    try await publish(
      [.put(record("d", of: label))], after: 0, shares: [label: .everyone], startsAnew: true,
      to: index)
    #expect(try await names(gated, stranger) == ["d"])
    await index.close()
    await place.close(index.engine)
  }

  /// Between a search's look at who may see what and its look at the index, records are committed that
  /// it must not find.
  @Test func aCommitInBetweenIsNotSeen() async throws {
    let engine = ObservedEngine(MemoryEngine())
    let index = try await GroupIndex(engine: engine, now: { 0 })
    let gated = GatedIndex(index, limits: .generous)
    engine.hold()
    async let found = names(gated, stranger)
    try await wait(until: "the search to have looked") { engine.counts.held == 1 }
    try await publish(
      [.put(record("a", of: label))], after: 0, shares: [label: .users(["bob"])], to: index)
    engine.release()
    #expect(try await found.isEmpty)
    #expect(
      try await names(gated, Viewer(userID: "bob", isInOwnersBand: false)) == ["a"])
    await index.close()
  }

  /// Views have names of their own, so that nothing that is kept by them passes from one to another.
  @Test func everyViewHasItsOwnRevision() async throws {
    let index = try await GroupIndex(engine: MemoryEngine(), now: { 0 })
    let gated = GatedIndex(index, limits: .generous)
    let bob = Viewer(userID: "bob", isInOwnersBand: false)
    func revisions() async throws -> [Revision] {
      var found: [Revision] = []
      for viewer in [stranger, bob] {
        found.append(try await gated.statistics(for: .nothing, by: viewer).revision)
      }
      return found
    }
    try await publish(
      [.put(record("a", of: label))], after: 0, shares: [label: .everyone], to: index)
    let open = try await revisions()
    #expect(open[0] == open[1])
    try await publish([], after: 1, shares: [label: .users(["bob"])], to: index)
    let closed = try await revisions()
    #expect(closed[0] != closed[1] && !closed.contains(open[0]))
    let notes = [stranger, bob].map { index.shares.look(by: $0).note }
    #expect(notes.map { $0?.isPersonal } == [false, true])
    await index.close()
  }

  @Test func tablesThatCannotBeAreRefused() async throws {
    let long = ShareLabel(String(repeating: "a", count: ShareTable.longestLabel + 1))!
    let many = (0...ShareTable.mostShares).map { (ShareLabel("\($0)")!, Visibility.everyone) }
    let names = Set((0...Visibility.mostUsers).map { "user\($0)" })
    let index = try await GroupIndex(engine: MemoryEngine(), now: { 0 })
    let tables: [[ShareLabel: Visibility]] = [
      [long: .band], Dictionary(uniqueKeysWithValues: many), [label: .users(names)],
    ]
    for table in tables {
      await #expect(throws: PublicationRefusal.self) {
        try await publish([], after: 0, shares: table, to: index)
      }
    }
    await #expect(throws: PublicationRefusal.self) {
      try await publish([.put(record("a", of: long))], after: 0, to: index)
    }
    #expect(try await index.engine.statistics(for: .nothing).documentCount == 0)
    await index.close()
  }

  // MARK: What a coordinator keeps

  @Test func statisticsOfOneAreNotAnothers() {
    var cache = StatisticsCache()
    let server = ServerIdentifier(1)
    func statistics(_ number: UInt64, isPersonal: Bool) -> ServerStatistics {
      ServerStatistics(
        revision: Revision(number), statistics: CollectionStatistics(documentCount: Int(number)),
        isPersonal: isPersonal)
    }
    let query = Query.words("report")
    cache.keep([server: statistics(1, isPersonal: false)], for: query, by: "ann")
    cache.keep([server: statistics(2, isPersonal: true)], for: query, by: "bob")
    #expect(cache.statistics(for: query, by: "ann")[server]?.revision == Revision(1))
    #expect(cache.statistics(for: query, by: "bob")[server]?.revision == Revision(2))
    #expect(cache.statistics(for: query, by: "cat")[server]?.revision == Revision(1))
    #expect(cache.statistics(for: query)[server]?.revision == Revision(1))
    cache.keep([server: statistics(3, isPersonal: false)], for: query, by: "bob")
    #expect(cache.statistics(for: query, by: "bob")[server]?.revision == Revision(3))
    // Of nobody in particular nothing personal is kept.
    cache.keep([server: statistics(4, isPersonal: true)], for: query)
    #expect(cache.statistics(for: query)[server]?.revision == Revision(3))
  }

  @Test func aFilterProvesWhatIsKnownOfItsViewer() {
    var book = ViewBook(capacity: 3)
    let server = ServerIdentifier(1)
    #expect(book.isPlain(server, version: nil, for: "ann"))
    #expect(book.isPlain(server, version: 1, for: nil))
    #expect(!book.isPlain(server, version: 1, for: "ann"))
    book.note(ViewNote(version: 1, isPersonal: false), of: server, for: "ann")
    book.note(ViewNote(version: 1, isPersonal: true), of: server, for: "bob")
    #expect(book.isPlain(server, version: 1, for: "ann"))
    #expect(!book.isPlain(server, version: 1, for: "bob"))
    #expect(!book.isPlain(server, version: 2, for: "ann"))
    book.note(ViewNote(version: 2, isPersonal: false), of: server, for: "bob")
    #expect(book.isPlain(server, version: 2, for: "bob"))
    #expect(!book.isPlain(server, version: 2, for: "ann"))
    for name in ["a", "b", "c"] {
      book.note(ViewNote(version: 2, isPersonal: false), of: server, for: name)
    }
    // Too many: what is forgotten proves nothing.
    #expect(!book.isPlain(server, version: 2, for: "bob"))
  }
}
