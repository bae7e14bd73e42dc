import Foundation
import RouterBands
import TestSupport
import Testing

@testable import Placement

/// Work is counted in steps of the ordered look-ups, which no other load on the machine changes.
@Suite struct EfficiencyTests {
  static let now = Moment(milliseconds: 1_000)

  /// Groups of full virtual servers and one with room, all in one band: the worst for look-ups.
  static func tables(groupCount: Int, clientCount: Int) -> Tables {
    var tables = Tables()
    let band = SimulatedNode(name: "", band: 1, limitCount: 0).bandRow
    tables.bands[band.key] = band
    for number in 0..<groupCount {
      let group = GroupID(UInt64(2 * number + 1))
      for place in 0...clientCount {
        let node = NodeID("n\(number).\(place)")
        tables.nodes[node] = NodeRow(
          node: node,
          environment: Environment(limitCount: clientCount, startedAt: Moment(milliseconds: 0)),
          band: band.key, group: group, incarnation: 1, lastSeen: now)
      }
      tables.virtualServers[group] = VirtualServerRow(
        group: group, band: band.key, host: NodeID("n\(number).0"),
        endpoint: SimulatedNode.endpoint, clientCount: clientCount, limitCount: clientCount,
        epoch: Epoch(group.number + 1))
    }
    tables.lastNumber = UInt64(2 * groupCount)
    return tables
  }

  /// The mean number of steps an event, and the most that one event took.
  static func steps(groupCount: Int, clientCount: Int, eventCount: Int) throws -> (
    mean: Double, most: Int
  ) {
    var placement = try PlacementMachine(
      restoring: tables(groupCount: groupCount, clientCount: clientCount), at: now)
    var chance = SeededGenerator(seed: 1)
    let start = placement.stepCount
    var most = 0
    for number in 0..<eventCount {
      let group = chance.number(0...groupCount - 1)
      let before = placement.stepCount
      let event = event(number, groupCount: groupCount, group: group, in: placement.tables)
      _ = placement.handle(event, at: now + Int64(number) / 10)
      most = max(most, placement.stepCount - before)
    }
    #expect(placement.violations == [])
    return (Double(placement.stepCount - start) / Double(eventCount), most)
  }

  /// In turn: a join, a renewal, a client that leaves, a virtual server that leaves.
  private static func event(
    _ number: Int, groupCount: Int, group: Int, in tables: Tables
  ) -> Event {
    let sequence = UInt64(number + 1)
    switch number % 4 {
    case 0:
      let node = SimulatedNode(name: "new\(number)", band: 1, limitCount: number % 40)
      let report = NodeReport(
        node: node.id, incarnation: 1, sequence: 1, environment: node.environment)
      return .join(report, band: node.bandRow)
    case 1:
      let id = GroupID(UInt64(2 * group + 1))
      guard let row = tables.virtualServers[id] else { return .tick }
      return .report(
        NodeReport(
          node: row.host, incarnation: 1, sequence: sequence,
          environment: tables.nodes[row.host]!.environment,
          standing: .serving(
            group: id, epoch: row.epoch, endpoint: SimulatedNode.endpoint, membership: 0,
            missing: [])))
    case 2: return .leave(NodeID("n\(group).1"), incarnation: 1, sequence: sequence)
    default: return .leave(NodeID("n\(group).0"), incarnation: 1, sequence: sequence)
    }
  }

  @Test func eventsCostLogarithmically() throws {
    let small = try Self.steps(groupCount: 50, clientCount: 19, eventCount: 1_000)
    let large = try Self.steps(groupCount: 5_000, clientCount: 19, eventCount: 1_000)
    // A hundred times as many nodes: log2 grows from 10 to 17.
    #expect(large.mean < 3 * small.mean, "\(small), \(large)")
    #expect(large.mean < 100, "\(large)")
    #expect(large.most < 20 * 20, "\(large)")
  }

  @Test func aHeapIsASortedListThatIsNotSortedEachTime() {
    for seed in UInt64(1)...300 {
      var chance = SeededGenerator(seed: seed)
      var heap = IndexedHeap<Int, Int>()
      var oracle: [Int: Int] = [:]
      for _ in 0..<60 {
        let element = chance.number(0...20)
        let priority = chance.happens(0.3) ? nil : chance.number(0...1_000_000)
        heap.set(element, to: priority)
        oracle[element] = priority
        let sorted = oracle.sorted { $0.value < $1.value }.map(\.key)
        #expect(heap.sorted == sorted && heap.count == sorted.count, "seed \(seed)")
        #expect(heap.first == sorted.first, "seed \(seed)")
        #expect(heap.second == sorted.dropFirst().first, "seed \(seed)")
        #expect(heap.priority(of: element) == priority, "seed \(seed)")
      }
    }
  }
}
