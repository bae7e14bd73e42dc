import Foundation
import Placement
import RouterBands
import Testing

/// Messages as they should not be: repeated, late, invented.
@Suite struct MessageTests {
  static let band = SimulatedNode(name: "", band: 1, limitCount: 0).bandRow

  static func report(
    _ name: String, _ sequence: UInt64, incarnation: UInt64 = 1, limitCount: Int = 3,
    _ standing: NodeReport.Standing = .seeking
  ) -> NodeReport {
    NodeReport(
      node: NodeID(name), incarnation: incarnation, sequence: sequence,
      environment: Environment(limitCount: limitCount, startedAt: Moment(milliseconds: 0)),
      standing: standing)
  }

  static func serving(
    _ number: UInt64, missing: [ClientSighting] = []
  ) -> NodeReport.Standing {
    .serving(
      group: GroupID(number), epoch: Epoch(number + 1), endpoint: SimulatedNode.endpoint,
      membership: 0, missing: missing)
  }

  private var placement = PlacementMachine(at: Moment(milliseconds: 0))

  /// n1 serves g1 with e2, n2 is its client.
  init() {
    _ = placement.handle(.join(Self.report("n1", 1), band: Self.band), at: at(0))
    _ = placement.handle(.report(Self.report("n1", 2, Self.serving(1))), at: at(0))
    _ = placement.handle(.join(Self.report("n2", 1), band: Self.band), at: at(0))
  }

  func at(_ milliseconds: Int64) -> Moment { Moment(milliseconds: milliseconds) }

  @Test mutating func repeatedMessagesChangeNothing() {
    let events: [Event] = [
      .join(Self.report("n1", 1), band: Self.band),
      .report(Self.report("n1", 2, Self.serving(1))),
      .join(Self.report("n2", 1), band: Self.band),
    ]
    let tables = placement.tables
    for event in events + events.reversed() {
      let outcome = placement.handle(event, at: at(10))
      #expect(outcome.changes == [], "\(event)")
    }
    #expect(placement.tables == tables)
  }

  @Test mutating func aRepeatedJoinIsAnsweredAgain() {
    let outcome = placement.handle(.join(Self.report("n2", 1), band: Self.band), at: at(10))
    let attach = Instruction.attach(
      group: GroupID(1), epoch: Epoch(2), host: NodeID("n1"), endpoint: SimulatedNode.endpoint)
    #expect(outcome.messages == [Outcome.Message(to: NodeID("n2"), attach)])
  }

  @Test mutating func overtakenMessagesCountForNothing() {
    _ = placement.handle(.report(Self.report("n1", 9, Self.serving(1))), at: at(0))
    // Said before: that its process is gone.
    let late = placement.handle(.report(Self.report("n1", 5)), at: at(10))
    #expect(late == Outcome())
    let leave = placement.handle(.leave(NodeID("n1"), incarnation: 1, sequence: 8), at: at(10))
    #expect(leave == Outcome())
  }

  @Test mutating func earlierStartsAndStrangersAreRefused() {
    _ = placement.handle(.join(Self.report("n2", 1, incarnation: 5), band: Self.band), at: at(0))
    func refusal(_ event: Event) -> [Outcome.Message] {
      var placement = placement
      let outcome = placement.handle(event, at: at(0))
      #expect(outcome.changes == [])
      return outcome.messages
    }
    let old = Instruction.refused(.oldIncarnation(known: 5))
    let join = Instruction.refused(.joinFirst)
    let node = NodeID("n2")
    #expect(refusal(.report(Self.report("n2", 99))) == [.init(to: node, old)])
    #expect(
      refusal(.join(Self.report("n2", 99), band: Self.band)) == [.init(to: node, old)])
    #expect(
      refusal(.report(Self.report("n2", 1, incarnation: 6))) == [.init(to: node, join)])
    #expect(refusal(.report(Self.report("x", 1))) == [.init(to: NodeID("x"), join)])
    #expect(refusal(.leave(NodeID("x"), incarnation: 1, sequence: 1)) == [])
    #expect(refusal(.leave(node, incarnation: 4, sequence: 99)) == [])
  }

  @Test mutating func whoLeftStaysAwayUntilItJoinsAnew() {
    _ = placement.handle(.leave(NodeID("n2"), incarnation: 1, sequence: 2), at: at(0))
    _ = placement.handle(.report(Self.report("n2", 3)), at: at(0))
    _ = placement.handle(.join(Self.report("n2", 4), band: Self.band), at: at(0))
    #expect(placement.tables.nodes[NodeID("n2")]?.presence == .left)
    _ = placement.handle(.join(Self.report("n2", 1, incarnation: 2), band: Self.band), at: at(0))
    #expect(placement.tables.nodes[NodeID("n2")]?.group == GroupID(1))
  }

  @Test mutating func anInventedGroupOrEpochGetsNoLease() {
    for number: UInt64 in [0, 2, 7, .max - 1] {
      let outcome = placement.handle(
        .report(Self.report("n2", number % 100 + 2, Self.serving(number))), at: at(0))
      #expect(
        !outcome.messages.contains { if case .renewed = $0.instruction { true } else { false } })
      #expect(outcome.messages.contains { if case .drain = $0.instruction { true } else { false } })
    }
    #expect(placement.tables.virtualServers[GroupID(1)]?.host == NodeID("n1"))
  }

  /// Its process ended and it got e3: a report with e2 is about the process that is no more.
  @Test mutating func aHostsOwnOldEpochGetsNoLease() {
    _ = placement.handle(.report(Self.report("n1", 3)), at: at(0))
    let epoch = placement.tables.virtualServers[GroupID(1)]?.epoch
    #expect(epoch == Epoch(3))
    let outcome = placement.handle(.report(Self.report("n1", 4, Self.serving(1))), at: at(0))
    #expect(outcome.changes == [])
    #expect(placement.tables.virtualServers[GroupID(1)]?.endpoint == nil)
    #expect(outcome.messages.count == 1)
    guard
      case .becomeVirtualServer(GroupID(1), Epoch(3), _, _, _)? =
        outcome.messages.first?.instruction
    else {
      Issue.record("\(outcome.messages)")
      return
    }
  }

  @Test mutating func aVirtualServerMissesOnlyItsOwnClients() {
    _ = placement.handle(
      .join(Self.report("m1", 1), band: SimulatedNode(name: "", band: 2, limitCount: 0).bandRow),
      at: at(0))
    let before = placement.tables
    let sightings = [("m1", 1), ("n1", 1), ("n2", 7), ("x", 1)].map { name, incarnation in
      ClientSighting(node: NodeID(name), incarnation: UInt64(incarnation))
    }
    _ = placement.handle(
      .report(Self.report("n1", 3, Self.serving(1, missing: sightings))), at: at(0))
    #expect(placement.tables == before)
    let own = [ClientSighting(node: NodeID("n2"), incarnation: 1)]
    _ = placement.handle(.report(Self.report("n1", 4, Self.serving(1, missing: own))), at: at(0))
    #expect(placement.tables.nodes[NodeID("n2")]?.presence == .lost)
  }

  @Test mutating func claimedCapacitiesHaveBounds() {
    for (sequence, limit, kept) in [(3, 1_000_000, 300), (4, 0, 0), (5, -7, 0), (6, Int.min, 0)] {
      _ = placement.handle(
        .report(Self.report("n1", UInt64(sequence), limitCount: limit, Self.serving(1))), at: at(0))
      #expect(placement.tables.nodes[NodeID("n1")]?.environment.limitCount == limit)
      let group = placement.tables.nodes[NodeID("n1")]?.group
      let hosted = placement.tables.virtualServers.values.first { $0.host == NodeID("n1") }
      #expect(hosted.map { $0.limitCount == kept } ?? (group != nil))
      #expect(placement.violations == [])
    }
  }

  @Test mutating func leapsOfTheClockEndNoLease() {
    let tables = placement.tables
    for clock: Int64 in [86_400_000, -86_400_000, .max, .min, 0] {
      _ = placement.handle(.tick, at: at(clock))
      _ = placement.handle(
        .report(Self.report("n1", UInt64(bitPattern: clock) % 1_000 + 10, Self.serving(1))),
        at: at(clock))
      #expect(placement.tables.virtualServers == tables.virtualServers)
    }
  }

  @Test func contradictoryTablesAreRefused() throws {
    let decoded = try JSONDecoder().decode(
      Tables.self, from: JSONEncoder().encode(placement.tables))
    #expect(decoded == placement.tables)
    func isRefused(_ change: (inout Tables) -> Void) -> Bool {
      var tables = decoded
      change(&tables)
      return (try? PlacementMachine(restoring: tables, at: at(0))) == nil
    }
    #expect(!isRefused { _ in })
    #expect(isRefused { $0.virtualServers[GroupID(1)]?.clientCount = 2 })
    #expect(isRefused { $0.virtualServers[GroupID(1)]?.limitCount = 0 })
    #expect(isRefused { $0.virtualServers[GroupID(1)] = nil })
    #expect(isRefused { $0.nodes[NodeID("n1")] = nil })
    #expect(isRefused { $0.nodes[NodeID("n2")]?.group = nil })
    #expect(isRefused { $0.lastNumber = 0 })
  }

  @Test func aRestartWithALowerLimitMovesTheSurplus() throws {
    var configuration = Configuration()
    configuration.highestLimitCount = 0
    var restarted = try PlacementMachine(
      restoring: placement.tables, configuration: configuration, at: at(0))
    let outcome = restarted.handle(.tick, at: at(1))
    #expect(restarted.violations == [])
    #expect(restarted.tables.virtualServers.count == 2)
    var stored = placement.tables
    for change in outcome.changes { stored.apply(change) }
    #expect(stored == restarted.tables)
  }
}
