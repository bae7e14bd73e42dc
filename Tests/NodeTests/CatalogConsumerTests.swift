import SearchModel
import Testing

@testable import Node

@Suite struct CatalogConsumerTests {
  private func removals(_ catalog: Catalog) throws -> Int {
    try catalog.changes(after: 0, limit: 1000).changes.count {
      if case .remove = $0 { true } else { false }
    }
  }

  @Test func removalsStayUntilEveryConsumerHasThem() async throws {
    let workshop = try Workshop()
    for index in 0..<5 { try workshop.shared.write("text \(index)", to: "f\(index)") }
    try await workshop.index()
    try workshop.catalog.keepRemovals(for: .group)
    let before = try workshop.catalog.lastSequence()
    try workshop.shared.remove("f1")
    try workshop.shared.remove("f2")
    try await workshop.index()
    let last = try workshop.catalog.lastSequence()
    #expect(try removals(workshop.catalog) == 2)
    #expect(try workshop.catalog.acknowledgedSequence() <= before)
    #expect(try workshop.catalog.acknowledgedSequence(of: .ownIndex) == last)
    try workshop.catalog.acknowledge(last, by: .group)
    #expect(try removals(workshop.catalog) == 0)
    #expect(try workshop.catalog.acknowledgedSequence() == last)
    // A number from before changes nothing, and neither does beginning again.
    try workshop.catalog.acknowledge(1, by: .group)
    try workshop.catalog.keepRemovals(for: .group)
    #expect(try workshop.catalog.acknowledgedSequence(of: .group) == last)
  }

  /// Who goes on where a standby was must find the removals since then.
  @Test func anHeirGoesOnWhereTheOtherWas() async throws {
    let workshop = try Workshop()
    for index in 0..<5 { try workshop.shared.write("text \(index)", to: "f\(index)") }
    try await workshop.index()
    let catalog = workshop.catalog
    try catalog.keepRemovals(for: .group)
    try catalog.keepRemovals(for: .standby)
    let before = try catalog.lastSequence()
    try catalog.acknowledge(before, by: .standby)
    try workshop.shared.remove("f1")
    try await workshop.index()
    let last = try catalog.lastSequence()
    try catalog.acknowledge(last, by: .group)
    #expect(try removals(catalog) == 1)
    try catalog.handOver(from: .standby, to: .group)
    #expect(try catalog.acknowledgedSequence(of: .group) == before)
    #expect(try catalog.acknowledgedSequence() == before)
    #expect(try removals(catalog) == 1)
    // There is nothing to take over any more.
    try catalog.acknowledge(last, by: .group)
    #expect(try removals(catalog) == 0)
    try catalog.handOver(from: .standby, to: .group)
    #expect(try catalog.acknowledgedSequence(of: .group) == last)
    // One that was farther gives nothing away.
    try catalog.keepRemovals(for: .standby)
    try catalog.acknowledge(last + 9, by: .standby)
    try catalog.handOver(from: .standby, to: .group)
    #expect(try catalog.acknowledgedSequence(of: .group) == last)
  }

  @Test func aConsumerThatIsForgottenHoldsNothingBack() async throws {
    let workshop = try Workshop()
    try workshop.shared.write("text", to: "f")
    try await workshop.index()
    try workshop.catalog.keepRemovals(for: .group)
    try workshop.shared.remove("f")
    try await workshop.index()
    #expect(try removals(workshop.catalog) == 1)
    try workshop.catalog.forget(.group)
    #expect(try removals(workshop.catalog) == 0)
  }
}
