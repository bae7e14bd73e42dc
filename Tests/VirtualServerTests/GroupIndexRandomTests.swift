import Protocol
import SearchModel
import TestSupport
import Testing

@testable import VirtualServer

/// A group's index holds what a dumb list of the same operations holds, around every engine.
@Suite struct GroupIndexRandomTests {
  private static let roundCount = 6
  private static let stepCount = 60

  @Test(arguments: EngineKind.allCases)
  func anyOperationsLeaveWhatTheOracleHolds(_ kind: EngineKind) async throws {
    for round in 0..<Self.roundCount {
      let seed = UInt64(4000 + round)
      var run = try await Run(kind, seed: seed)
      for step in 0..<Self.stepCount {
        try await run.step()
        let context = Comment("seed \(seed), step \(step), \(kind)")
        try await run.expectEqual(context)
      }
      await run.end()
    }
  }

  private struct Run {
    var generator: SeededGenerator
    let place: EnginePlace
    let clock = TestClock()
    var limits = GroupIndexLimits()
    let nodes: [NodeIdentity]
    var oracle: GroupIndexOracle
    var engine: any FullTextEngine
    var index: GroupIndex
    var members: Set<NodeIdentity>

    init(_ kind: EngineKind, seed: UInt64) async throws {
      generator = SeededGenerator(seed: seed)
      place = try EnginePlace(kind)
      // Two nodes of one user, and users whose names differ in case alone.
      nodes = try [
        World.node("ann", "laptop"), World.node("ann", "desk"), World.node("Ann", "tower"),
        World.node("한국", "서버"),
      ]
      limits.quota = 25
      limits.releaseGrace = 1_000
      // So that clearing takes several turns.
      limits.clearingCount = generator.number(3...40)
      oracle = GroupIndexOracle(quota: limits.quota, grace: limits.releaseGrace)
      engine = try place.open()
      let clock = clock
      index = try await GroupIndex(engine: engine, limits: limits, now: { clock.now })
      members = Set(nodes)
    }

    mutating func step() async throws {
      switch generator.number(0...19) {
      case 0...13: try await publish()
      case 14...15: await settle()
      case 16: clock.advance(Int64(generator.number(0...1_500)))
      case 17: await removeExpired()
      default: try await reopen()
      }
    }

    private mutating func publish() async throws {
      let node = nodes[generator.number(0...(nodes.count - 1))]
      let held = oracle.nodes[node] ?? .init()
      let startsAnew = generator.happens(0.15)
      let follows = generator.happens(0.85)
      let after = startsAnew ? 0 : follows ? held.sequence : held.sequence + 1
      let count = generator.number(0...12)
      var changes: [RecordChange] = []
      for _ in 0..<count { changes.append(change(of: node)) }
      let sequence = after + Int64(count)
      let request = PublicationRequest(
        group: 1, epoch: 1,
        catalog: generator.happens(0.9) ? held.catalog ?? "one" : "two", after: after,
        sequence: sequence, base: sequence + Int64(generator.number(0...3)),
        startsAnew: startsAnew, changes: changes)
      let isTaken = oracle.publish(request, by: node)
      do throws(PublicationRefusal) {
        let answer = try await index.publish(try CheckedPublication(request, by: node)) { nil }
        #expect(isTaken)
        #expect(answer == sequence)
      } catch {
        #expect(!isTaken, "\(error)")
        if case .otherPosition(let position) = error {
          #expect(position.sequence == held.sequence)
          #expect(position.catalog == held.catalog)
        }
      }
    }

    private mutating func change(of node: NodeIdentity) -> RecordChange {
      let number = generator.number(0...39)
      let key = RecordKey("file\(number)")!
      if generator.happens(0.3) { return .remove(key) }
      let owner = generator.happens(0.005) ? "eve" : node.user.text
      return .put(
        Record(
          key: key, filename: "report \(number).txt", directory: "shared",
          size: Int64(generator.number(0...1_000)),
          owner: Owner(userSerialID: 7, userID: owner)))
    }

    private mutating func settle() async {
      var generator = generator
      members = Set(nodes.filter { _ in generator.happens(0.7) })
      let group: UInt64 = generator.happens(0.85) ? oracle.group ?? 1 : 2 + generator.next() % 3
      self.generator = generator
      oracle.settle(group: group, members: members, now: clock.now)
      await index.settle(group: group) { [members] in
        members.contains($0) ? .member : .released
      }
      await finishWork()
    }

    private mutating func removeExpired() async {
      oracle.removeExpired(now: clock.now)
      // A turn takes out so many at most; the process asks again and again.
      repeat {
        await index.removeExpired()
        await finishWork()
      } while await !index.contents.expired(now: clock.now, grace: limits.releaseGrace).isEmpty
    }

    private func finishWork() async {
      while await index.isWorking { await Task.yield() }
    }

    private mutating func reopen() async throws {
      await index.close()
      await place.close(engine)
      engine = try place.open()
      let clock = clock
      index = try await GroupIndex(engine: engine, limits: limits, now: { clock.now })
    }

    func expectEqual(_ context: Comment) async throws {
      let hits = try await engine.search(
        SearchRequest(query: .everything, limit: 1_000, collapsesDuplicates: false)
      ).hits
      let found = Dictionary(uniqueKeysWithValues: hits.map { ($0.record.key, $0.record) })
      #expect(found == oracle.records, context)
      for node in nodes {
        let held = oracle.nodes[node] ?? .init()
        let entry = await index.contents(of: node)
        #expect(entry.catalog == held.catalog, context)
        #expect(entry.sequence == held.sequence, context)
        #expect(entry.base == held.base, context)
        #expect(entry.count == held.records.count, context)
        if !held.isNothing { #expect(entry.released == held.released, context) }
      }
    }

    func end() async {
      await index.close()
      await place.close(engine)
    }
  }
}
