import Foundation
import Logging
import Placement
import Protocol
import RouteTracing
import RouterBands
import Synchronization
import TestSupport
import Testing

@testable import CentralServer

/// The service over a real store that a test can hold, break and depose.
@Suite("the placement service") struct PlacementServiceTests {
  private let store: StubbornStore
  private let service: PlacementService
  private let bands: BandResolver

  init() async throws {
    let path = try TemporaryFolder.make() + "/central.sqlite"
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    store = StubbornStore(try await SQLiteCentralStore(path: path))
    bands = BandResolver(rules: .standard, paths: [], logger: logger) {
      address throws(RouteTracingError) in try Self.route(to: address)
    }
    service = PlacementService(
      store: store, setup: .init(), bands: bands, book: RevocationBook(), clock: CentralClock(),
      logger: logger)
    try await service.beginLeading(at: "central:7440")
  }

  /// A router for each /24 of 198.51; nothing elsewhere can be traced.
  private static func route(to address: IPAddress) throws(RouteTracingError) -> TracedRoute {
    guard case .ipv4(let address4) = address, address4.bits >> 16 == 0xC633 else {
      throw .noRoute(to: address)
    }
    let router = IPv4Address(bits: 0xC612_0000 + address4.bits >> 8 & 0xFF)
    return TracedRoute(
      destination: address, path: RouterPath([Hop(.ipv4(router))]), answeredAt: 2)
  }

  private func report(
    _ name: String, from address: String = "198.51.1.7", incarnation: UInt64 = 1,
    sequence: UInt64 = 1, _ standing: PlacementReport.Standing = .seeking
  ) async throws -> PlacementAnswer {
    try await service.report(
      PlacementReport(
        incarnation: incarnation, sequence: sequence,
        environment: NodeEnvironment(limitCount: 100, uptime: 1), standing: standing),
      of: NodeID(name), from: NodeOrigin(address: try #require(IPAddress(address))))
  }

  @Test func manyJoinsShareFewCommitsAndAllAreStored() async throws {
    _ = try await report("host")
    store.hold()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<50 {
        group.addTask { _ = try await report("n\(number)") }
      }
      try await wait(until: "all joins to wait") { await service.tables?.nodes.count == 51 }
      #expect(try await store.real.loadTables().nodes.count == 1, "an answer before the commit")
      store.letGo()
      try await group.waitForAll()
    }
    #expect(await service.commitCount <= 4)
    #expect(try await store.real.loadTables() == (await service.tables))
  }

  @Test func aHeartbeatWaitsForNobodysCommit() async throws {
    let order = try #require(try await report("host").start)
    _ = try await report("host", sequence: 2, .serving(order))
    store.hold()
    async let join = report("stranger", from: "198.51.2.7")
    try await wait(until: "the join to wait") { await service.tables?.nodes.count == 2 }
    #expect(try await report("host", sequence: 3, .serving(order)).isRenewed)
    store.letGo()
    _ = try await join
  }

  @Test func whatCannotBeStoredIsNotPromisedAndTriedAgain() async throws {
    let order = try #require(try await report("host").start)
    _ = try await report("host", sequence: 2, .serving(order))
    store.fail(with: .full(database: "d"))
    await #expect(throws: PlacementRefusal.store(.full(database: "d"))) {
      try await report("client")
    }
    #expect(try await store.real.loadTables().nodes.count == 1)
    await #expect(throws: PlacementRefusal.store(.full(database: "d"))) {
      try await report("client", sequence: 2)
    }
    store.fail(with: nil)
    await service.tick()
    try await wait(until: "the next second to store it") {
      try await store.real.loadTables().nodes.count == 2
    }
    #expect(try await report("client", sequence: 3).attach?.host == "host")
    #expect(try await store.real.loadTables() == (await service.tables))
  }

  @Test func whoIsDeposedAnswersNobody() async throws {
    _ = try await report("host")
    let other = Leader(address: "other:7440", term: Term(9))
    store.fail(with: .fenced(leader: other))
    await #expect(throws: PlacementRefusal.notLeading(other)) { try await report("client") }
    await #expect(throws: PlacementRefusal.notLeading(other)) {
      try await report("host", sequence: 2)
    }
    #expect(await service.tables == nil)
    // The other is gone: this one takes over with what is stored.
    store.fail(with: nil)
    try await service.keepLeading()
    #expect(try await report("client", sequence: 2).instructions.count == 1)
    #expect(await service.tables?.nodes.count == 2)
  }

  @Test func bandsAreDecidedOnceAndAgainWhenSomethingIsOther() async throws {
    #expect(try await report("a").band?.band == "r:198.18.0.1")
    #expect(try await report("a", sequence: 2).band == nil)
    let moved = try await report("a", from: "198.51.2.7", sequence: 3)
    #expect(moved.band?.band == "r:198.18.0.2" && moved.band?.peer == "198.51.2.7")
    await bands.use(
      try BandRules(overrides: [try #require(IPPrefix("198.51.0.0/16")): "here"]))
    await service.decideBandsAnew()
    #expect(try await report("a", from: "198.51.2.7", sequence: 4).band?.band == "m:here")
    #expect(try await report("b", from: "203.0.113.9").band?.band == "4:203.0.113.0/24")
    #expect(await service.tables?.violations == [])
  }

  @Test func numbersBeyondTheTablesAreRefused() async throws {
    for (incarnation, sequence) in [(UInt64.max, 1), (1, UInt64.max)] as [(UInt64, UInt64)] {
      await #expect(throws: PlacementRefusal.self) {
        try await report("a", incarnation: incarnation, sequence: sequence)
      }
    }
    #expect(try await report("a", incarnation: .max >> 1 - 1, sequence: 1).start != nil)
    #expect(await service.expel(NodeID("a")))
    #expect(await service.tables?.virtualServers.count == 1, "a lease ends by itself")
  }
}

/// A store whose commits a test can hold up or have fail.
private final class StubbornStore: PlacementStore {
  let real: SQLiteCentralStore
  private let state = Mutex((isHeld: false, failure: CentralStoreError?.none))

  init(_ real: SQLiteCentralStore) {
    self.real = real
  }

  func hold() { state.withLock { $0.isHeld = true } }
  func letGo() { state.withLock { $0.isHeld = false } }
  func fail(with error: CentralStoreError?) { state.withLock { $0.failure = error } }

  func commit(_ changes: [RowChange], term: Term) async throws(CentralStoreError) {
    let limit = ContinuousClock.now + .seconds(120)
    while state.withLock({ $0.isHeld }), ContinuousClock.now < limit {
      try? await Task.sleep(for: .milliseconds(5))
    }
    if let failure = state.withLock({ $0.failure }) { throw failure }
    try await real.commit(changes, term: term)
  }

  func loadTables() async throws(CentralStoreError) -> Tables { try await real.loadTables() }
  func routerPaths() async throws(CentralStoreError) -> [RouterPath] {
    try await real.routerPaths()
  }
  func acquireLeadership(address: String) async throws(CentralStoreError) -> Leadership {
    try await real.acquireLeadership(address: address)
  }
  func renewLeadership(_ term: Term) async throws(CentralStoreError) {
    try await real.renewLeadership(term)
  }
  func resignLeadership(_ term: Term) async throws(CentralStoreError) {
    try await real.resignLeadership(term)
  }
}
