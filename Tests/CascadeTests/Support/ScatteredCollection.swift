import Cascade
import MemoryEngine
import RouterBands
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance

/// Records on servers of a simulated network, numbered from the nearest on, and what one index of
/// them all would answer.
struct ScatteredCollection {
  var network: SimulatedNetwork
  /// By the servers' numbers, less one.
  var parts: [[Record]]
  var homes: [RecordKey: Nearness] = [:]
  var oracle: WholeIndexOracle

  /// - Parameter band: how many beside the first are of its band.
  init(_ parts: [[Record]], band: Int = 2, delays: [Duration] = []) async throws {
    self.parts = parts
    var servers: [SimulatedNetwork.Server] = []
    for (number, part) in parts.enumerated() {
      for record in part { homes[record.key] = SimulatedNetwork.nearness(number, band: band) }
      servers.append(
        SimulatedNetwork.Server(
          identifier: ServerIdentifier(UInt64(number + 1)),
          nearness: SimulatedNetwork.nearness(number, band: band),
          engine: try await Self.engine(part),
          delay: number < delays.count ? delays[number] : .milliseconds(number + 1)))
    }
    network = SimulatedNetwork(servers: servers)
    oracle = WholeIndexOracle(whole: try await Self.engine(parts.flatMap(\.self)), homes: homes)
  }

  /// Files with these names.
  init(named names: [[String]], band: Int = 2) async throws {
    let parts = names.enumerated().map { number, names in
      names.map { name in
        Record(key: RecordKey("\(number + 1)/\(name)")!, filename: name)
      }
    }
    try await self.init(parts, band: band)
  }

  /// Random records at random over the servers, some of which have none.
  init(using generator: inout SeededGenerator, count: Int, serverCount: Int) async throws {
    var parts = [[Record]](repeating: [], count: serverCount)
    for number in 0..<count {
      let record = RandomCollection.record(number, using: &generator)
      parts[generator.number(in: 0...serverCount - 1)].append(record)
    }
    let delays = parts.map { _ in Duration.microseconds(generator.number(in: 100...20_000)) }
    try await self.init(parts, delays: delays)
  }

  static func engine(_ records: [Record]) async throws -> MemoryEngine {
    let engine = MemoryEngine()
    await engine.apply(records.map(RecordChange.put))
    _ = await engine.commit(notes: [:])
    return engine
  }

  subscript(number: Int) -> SimulatedNetwork.Server {
    get { network.servers[number - 1] }
    set { network.servers[number - 1] = newValue }
  }

  /// The numbers of the servers that came to this end.
  func numbers(of outcome: Completeness.Outcome, in answer: CascadeAnswer) -> [Int] {
    parts.indices.map { $0 + 1 }.filter {
      answer.completeness.outcomes[String($0)] == outcome
    }
  }

  /// What one index of all that answered would answer: of what they hold now.
  func page(
    _ request: SearchRequest, of answer: CascadeAnswer
  ) async throws -> [WholeIndexOracle.Line] {
    let answered = numbers(of: .answered, in: answer)
    let whole = try await Self.engine(answered.flatMap { parts[$0 - 1] })
    return try await WholeIndexOracle(whole: whole, homes: homes).page(request)
  }

  /// The ranking is that of one index over those that answered, and is said to be.
  @discardableResult
  func expectExact(
    _ course: SimulatedNetwork.Course, _ request: SearchRequest, _ context: String = "",
    at location: SourceLocation = #_sourceLocation
  ) async throws -> Bool {
    #expect(course.answer.isExact, "\(context)", sourceLocation: location)
    return expectSame(
      course.answer, try await page(request, of: course.answer), context, at: location)
  }
}

/// - Returns: whether the answer's page is the expected one.
@discardableResult
func expectSame(
  _ answer: CascadeAnswer, _ expected: [WholeIndexOracle.Line], _ context: String,
  at location: SourceLocation = #_sourceLocation
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
  #expect(same, "\(context)\n\(lines)\nexpected\n\(expected)", sourceLocation: location)
  return same
}
