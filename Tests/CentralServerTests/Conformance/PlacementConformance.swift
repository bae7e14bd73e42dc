import Placement
import RouterBands
import TestSupport
import Testing

@testable import CentralServer

@Suite("Stored placement") struct PlacementConformance {
  @Test(arguments: StoreKind.available)
  func whatIsCommittedIsLoaded(kind: StoreKind) async throws {
    let place = try await kind.makePlace()
    let store = try await place.open()
    #expect(try await store.loadTables() == Tables())
    let term = try await store.lead()
    let changes: [RowChange] = [
      .putLastNumber(7), .putBand(Samples.band(1)), .putBand(BandRow(key: .named("서울"))),
      .putVirtualServer(Samples.server(7, host: "a", clients: 1)),
      .putVirtualServer(
        VirtualServerRow(
          group: GroupID(.max), band: .network(IPPrefix("10.0.0.0/24")!), host: NodeID("c"),
          limitCount: 0, epoch: Epoch(.max))),
      .putNode(Samples.node("a", group: 7)), .putNode(Samples.node("b", group: 7)),
    ]
    try await store.commit(changes, term: term)
    var truth = Tables()
    for change in changes { truth.apply(change) }
    #expect(try await store.loadTables() == truth)
    let removal: [RowChange] = [.removeVirtualServer(GroupID(.max)), .putLastNumber(3)]
    // Again, as after a lost answer: nothing more happens.
    for _ in 0..<2 { try await store.commit(removal, term: term) }
    for change in removal { truth.apply(change) }
    let other = try await place.open()
    #expect(try await other.loadTables() == truth)
    #expect(truth.lastNumber == 7)
  }

  @Test(arguments: StoreKind.available, [11, 12] as [UInt64])
  func tablesEqualTheChangesAppliedInOrder(kind: StoreKind, seed: UInt64) async throws {
    var chance = SeededGenerator(seed: seed)
    let store = try await kind.makePlace().open()
    let term = try await store.lead()
    var truth = Tables()
    for round in 0..<12 {
      let count = chance.number(1...(round == 5 ? 400 : 30))
      let changes = (0..<count).map { _ -> RowChange in
        let group = UInt64(chance.number(1...20))
        switch chance.number(0...5) {
        case 0: return .putVirtualServer(Samples.server(group, host: "h", clients: count))
        case 1: return .removeVirtualServer(GroupID(group))
        case 2: return .putBand(Samples.band(chance.number(1...9)))
        case 3: return .putLastNumber(UInt64(chance.number(1...1000)))
        default:
          return .putNode(
            Samples.node("n\(chance.number(1...200))", band: chance.number(1...9), group: group))
        }
      }
      for change in changes { truth.apply(change) }
      try await store.commit(changes, term: term)
      #expect(try await store.loadTables() == truth, "seed \(seed), round \(round)")
    }
  }

  @Test(arguments: StoreKind.available)
  func aMachineGoesOnFromWhatWasStored(kind: StoreKind) async throws {
    let store = try await kind.makePlace().open()
    let term = try await store.lead()
    var machine = PlacementMachine(at: Samples.now)
    for number in 0..<40 {
      let report = NodeReport(
        node: NodeID("n\(number)"), incarnation: 1, sequence: 1,
        environment: Environment(limitCount: 3, startedAt: Samples.now))
      let outcome = machine.handle(
        .join(report, band: Samples.band(number % 3)), at: Samples.now)
      try await store.commit(outcome.changes, term: term)
    }
    let tables = try await store.loadTables()
    #expect(tables == machine.tables)
    #expect(try PlacementMachine(restoring: tables, at: Samples.now).violations == [])
  }

  @Test(arguments: StoreKind.available)
  func theWaysToBandsKeepTheirOrder(kind: StoreKind) async throws {
    let store = try await kind.makePlace().open()
    let term = try await store.lead()
    let numbers = [5, 3, 9, 1, 7]
    for number in numbers { try await store.commit([.putBand(Samples.band(number))], term: term) }
    try await store.commit([.putBand(Samples.band(3))], term: term)
    #expect(try await store.routerPaths() == numbers.map { Samples.band($0).path })
  }

  @Test(arguments: StoreKind.available)
  func hostileNamesAreKeptOrRefused(kind: StoreKind) async throws {
    let store = try await kind.makePlace().open()
    let term = try await store.lead()
    var truth = Tables()
    for text in Samples.hostileTexts where text.utf8.count <= 1000 {
      let change = RowChange.putNode(Samples.node(text))
      truth.apply(change)
      try await store.commit([change], term: term)
    }
    #expect(try await store.loadTables() == truth)
    for text in ["a\0b", "\0", String(repeating: "x", count: 1 << 20)] {
      // The good row before it must not stay.
      let changes: [RowChange] = [
        .putVirtualServer(Samples.server(1, host: "h")), .putNode(Samples.node(text)),
      ]
      do {
        try await store.commit(changes, term: term)
        Issue.record("stored \(text.prefix(5))")
      } catch {
        guard case .unstorable = error else {
          Issue.record("\(error)")
          continue
        }
      }
    }
    #expect(try await store.loadTables() == truth)
  }

  @Test(arguments: StoreKind.available)
  func aChangeThatFailsLeavesNothing(kind: StoreKind) async throws {
    struct Interruption: Error {}
    let store = try await kind.makePlace().open()
    let term = try await store.lead()
    try await store.commit([.putNode(Samples.node("a"))], term: term)
    let before = try await store.loadTables()
    await #expect(throws: (any Error).self) {
      try await store.look { session in
        try session.execute("DELETE FROM nodes")
        throw Interruption()
      }
    }
    #expect(try await store.loadTables() == before)
  }

  @Test(arguments: StoreKind.available)
  func rowsThatMakeNoSenseAreSaidToBe(kind: StoreKind) async throws {
    let store = try await kind.makePlace().open()
    let term = try await store.lead()
    try await store.commit([.putNode(Samples.node("a"))], term: term)
    _ = try await store.look { try $0.execute("UPDATE nodes SET band = 'nonsense'") }
    do {
      _ = try await store.loadTables()
      Issue.record("loaded")
    } catch {
      guard case .inconsistent(_, let reason) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(reason.contains("nonsense"))
    }
  }
}
