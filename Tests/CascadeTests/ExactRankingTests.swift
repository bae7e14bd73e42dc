import Cascade
import Foundation
import MemoryEngine
import RouterBands
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance

/// One ranking over many servers is that of one index.
@Suite struct ExactRankingTests {
  private static let seeds = 0..<60

  /// Records scattered at random over 1 to 30 servers, some of which have none.
  private struct Scattered {
    var network: SimulatedNetwork
    var oracle: WholeIndexOracle
    /// By the servers' numbers, less one.
    var parts: [[Record]]

    init(using generator: inout SeededGenerator, count: Int, serverCount: Int) async throws {
      let records = (0..<count).map { RandomCollection.record($0, using: &generator) }
      var parts = [[Record]](repeating: [], count: serverCount)
      var homes: [RecordKey: Nearness] = [:]
      for record in records {
        let place = generator.number(in: 0...serverCount - 1)
        parts[place].append(record)
        homes[record.key] = SimulatedNetwork.nearness(place, band: 2)
      }
      var servers: [SimulatedNetwork.Server] = []
      for (number, part) in parts.enumerated() {
        servers.append(
          SimulatedNetwork.Server(
            identifier: ServerIdentifier(UInt64(number + 1)),
            nearness: SimulatedNetwork.nearness(number, band: 2),
            engine: try await Self.engine(part),
            delay: .microseconds(generator.number(in: 100...20_000))))
      }
      network = SimulatedNetwork(servers: servers)
      oracle = WholeIndexOracle(whole: try await Self.engine(records), homes: homes)
      self.parts = parts
    }

    static func engine(_ records: [Record]) async throws -> MemoryEngine {
      let engine = MemoryEngine()
      await engine.apply(records.map(RecordChange.put))
      _ = await engine.commit(notes: [:])
      return engine
    }
  }

  private func expectSame(
    _ answer: CascadeAnswer, _ expected: [WholeIndexOracle.Line], _ context: String
  ) -> Bool {
    let lines = answer.hits.map {
      WholeIndexOracle.Line(
        key: $0.hit.record.key, weight: $0.hit.weight, copies: Set($0.hit.duplicates.map(\.key)))
    }
    let same =
      lines.count == expected.count
      && zip(lines, expected).allSatisfy {
        $0.key == $1.key && abs($0.weight - $1.weight) <= 1e-9 && $0.copies == $1.copies
      }
    #expect(same, "\(context)\n\(lines)\nexpected\n\(expected)")
    return same
  }

  @Test(arguments: seeds)
  func everywhereRanksAsOneIndex(seed: Int) async throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let serverCount = generator.number(in: 1...30)
    let scattered = try await Scattered(
      using: &generator, count: generator.number(in: 1...120), serverCount: serverCount)
    for number in 0..<25 {
      let request = RandomQuery.request(using: &generator)
      let context = "seed \(seed), query \(number), \(serverCount) servers: \(request)"
      let course = try await scattered.network.search(request)
      let whole = try await scattered.oracle.whole.search(request)
      guard expectSame(course.answer, try await scattered.oracle.page(request), context) else {
        return
      }
      #expect(course.answer.isExact && course.answer.completeness.isComplete, "\(context)")
      #expect(course.answer.matchCount == whole.matchCount, "\(context)")
      #expect(course.answer.facets == whole.facets, "\(context)")
    }
  }

  /// The page of a search that went only as far as it needed to is that of one index over the
  /// servers that it asked.
  @Test(arguments: seeds)
  func nearestRanksAsOneIndexOverItsScope(seed: Int) async throws {
    var generator = SeededGenerator(seed: UInt64(seed) &+ 10_000)
    let serverCount = generator.number(in: 1...30)
    let scattered = try await Scattered(
      using: &generator, count: generator.number(in: 20...200), serverCount: serverCount)
    for number in 0..<15 {
      var request = RandomQuery.request(using: &generator)
      request.offset = generator.one(of: [0, 0, 3])
      let course = try await scattered.network.search(request, scope: .nearest)
      let completeness = course.answer.completeness
      let answered = scattered.parts.indices.filter {
        completeness.outcomes[String($0 + 1)] == .answered
      }
      // The nearest ones, without a gap.
      #expect(answered == Array(0..<answered.count))
      let near = try await Scattered.engine(answered.flatMap { scattered.parts[$0] })
      let oracle = WholeIndexOracle(whole: near, homes: scattered.oracle.homes)
      let context = "seed \(seed), query \(number), \(answered.count)/\(serverCount): \(request)"
      guard expectSame(course.answer, try await oracle.page(request), context) else { return }
      let isFull = course.answer.hits.count == request.limit
      #expect(isFull || completeness.restCount == 0, "\(context)")
    }
  }
}
