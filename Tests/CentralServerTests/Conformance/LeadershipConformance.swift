import Placement
import TestSupport
import Testing

@testable import CentralServer

@Suite("Leadership") struct LeadershipConformance {
  @Test(arguments: StoreKind.available)
  func onlyOneLeadsAndTheOthersKnowWho(kind: StoreKind) async throws {
    let place = try await kind.makePlace()
    let first = try await place.open()
    let second = try await place.open()
    let term = try await first.lead("first:1")
    let leader = Leader(address: "first:1", term: term)
    #expect(try await second.acquireLeadership(address: "second:1") == .following(leader))
    try await first.renewLeadership(term)
    await #expect(throws: CentralStoreError.fenced(leader: leader)) {
      try await second.commit([.putNode(Samples.node("a"))], term: Term(term.number - 1))
    }
    try await first.resignLeadership(term)
    await #expect(throws: CentralStoreError.fenced(leader: nil)) {
      try await first.commit([.putNode(Samples.node("a"))], term: term)
    }
    let next = try await second.lead("second:1")
    #expect(next > term)
    await #expect(
      throws: CentralStoreError.fenced(leader: Leader(address: "second:1", term: next))
    ) { try await first.renewLeadership(term) }
    // The resignation of a term that is over ends nobody's.
    try await first.resignLeadership(term)
    try await second.commit([.putNode(Samples.node("b"))], term: next)
    #expect(try await first.loadTables().nodes.keys.map(\.name) == ["b"])
    withExtendedLifetime(second) {}
  }

  @Test(arguments: StoreKind.available)
  func whoIsStuckIsDeposedAndWritesNothing(kind: StoreKind) async throws {
    let place = try await kind.makePlace()
    let stuck = try await place.open()
    let term = try await stuck.lead("stuck:1")
    try await stuck.commit([.putNode(Samples.node("a"))], term: term)
    let next = try await place.open(patience: 5)
    var newTerm: Term?
    try await wait(until: "the stuck leader's patience") {
      if case .leading(let term) = try await next.acquireLeadership(address: "next:1") {
        newTerm = term
      }
      return newTerm != nil
    }
    let leading = try #require(newTerm)
    let leader = Leader(address: "next:1", term: leading)
    await #expect(throws: CentralStoreError.fenced(leader: leader)) {
      try await stuck.commit([.putNode(Samples.node("late"))], term: term)
    }
    await #expect(throws: CentralStoreError.fenced(leader: leader)) {
      try await stuck.renewLeadership(term)
    }
    try await next.commit([.putNode(Samples.node("b"))], term: leading)
    try await next.renewLeadership(leading)
    #expect(try await next.loadTables().nodes.keys.map(\.name).sorted() == ["a", "b"])
    // The deposed one has let go of the lock when it heard of it, and the new one has it.
    let third = try await place.open()
    #expect(try await third.acquireLeadership(address: "third:1") == .following(leader))
    withExtendedLifetime(next) {}
  }

  @Test(arguments: StoreKind.available)
  func whoDiesIsFollowedAtOnce(kind: StoreKind) async throws {
    let place = try await kind.makePlace()
    var first: (any OpenStore)? = try await place.open()
    let term = try #require(try await first?.lead("first:1"))
    let second = try await place.open(patience: 3_600_000)
    #expect(
      try await second.acquireLeadership(address: "second:1")
        == .following(Leader(address: "first:1", term: term)))
    first = nil
    // Long before the patience is over.
    try await wait(until: "the lock of the one that is gone") {
      try await second.acquireLeadership(address: "second:1")
        != .following(Leader(address: "first:1", term: term))
    }
  }

  @Test(arguments: StoreKind.available)
  func ofManyAtOnceOneLeads(kind: StoreKind) async throws {
    let place = try await kind.makePlace()
    var stores: [any OpenStore] = []
    for _ in 0..<6 { stores.append(try await place.open()) }
    let leaders = try await withThrowingTaskGroup(of: Bool.self) { group in
      for (index, store) in stores.enumerated() {
        group.addTask {
          if case .leading = try await store.acquireLeadership(address: "s\(index)") {
            return true
          }
          return false
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(leaders == 1)
    // Whoever is gone leads no more.
    withExtendedLifetime(stores) {}
  }
}
