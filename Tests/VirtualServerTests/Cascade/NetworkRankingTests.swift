import Foundation
import MemoryEngine
import SearchModel
import TestSupport
import Testing
import XapianEngine

@testable import EngineConformance
@testable import VirtualServer

/// One ranking over many virtual servers, which are asked over the network, is that of one index.
/// `NEARFIND_CASCADE_SEEDS=100` tries as many collections.
@Suite(.timeLimit(.minutes(10))) struct NetworkRankingTests {
  private static let wanted = ProcessInfo.processInfo.environment["NEARFIND_CASCADE_SEEDS"]
  static let seeds = 0..<(wanted.flatMap { Int($0) } ?? 2)

  /// Random records over 1 to 30 servers, every third of them Xapian's, and one index of them all.
  private struct Split {
    let network: ServerNetwork
    let parts: [[Record]]
    let folder: TemporaryFolder
    let serverCount: Int

    init(
      using generator: inout SeededGenerator,
      now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) async throws {
      serverCount = generator.number(in: 1...30)
      let records = (0..<generator.number(in: 20...200)).map {
        RandomCollection.record($0, using: &generator)
      }
      var parts = [[Record]](repeating: [], count: serverCount)
      for record in records { parts[generator.number(in: 0...serverCount - 1)].append(record) }
      let folder = try TemporaryFolder()
      self.folder = folder
      self.parts = parts
      network = try await ServerNetwork(parts, now: now) { number in
        if number % 3 != 2 { return MemoryEngine() }
        return try XapianEngine(directory: "\(folder.path)/\(number)", access: .writing)
      }
    }

    /// One index of what these groups have.
    func whole(of groups: [UInt64]? = nil) async -> MemoryEngine {
      let engine = MemoryEngine()
      let numbers = groups?.map { Int($0) - 1 } ?? Array(parts.indices)
      await engine.apply(numbers.flatMap { parts[$0] }.map(RecordChange.put))
      _ = await engine.commit(notes: [:])
      return engine
    }
  }

  /// Those that are proven empty need not be asked, and really are.
  @Test(arguments: seeds)
  func strictAnswersAreThoseOfOneIndex(seed: Int) async throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let split = try await Split(using: &generator)
    for number in 0..<25 {
      let request = RandomQuery.request(using: &generator)
      let context = "seed \(seed), query \(number), \(split.serverCount) servers: \(request)"
      guard (try? GroupServiceLimits().query.check(request.query)) != nil else { continue }
      let (answer, _) = try await split.network.search(request)
      var all = request
      (all.limit, all.offset) = (100_000, 0)
      let everything = try await split.whole().search(all)
      let expected = try await split.whole(of: answer.groups(.answered)).search(all)
      #expect(everything.matchCount == expected.matchCount, "\(context)")
      let found = answer.answer.answer
      let oracle = TieTolerantOracle(whole: expected.hits)
      let problem = oracle.problem(of: found.hits, partialStart: nil, for: request)
      #expect(problem == nil, "\(context)")
      #expect(found.matchCount.lowerBound <= expected.matchCount.lowerBound, "\(context)")
      #expect(found.matchCount.upperBound >= expected.matchCount.upperBound, "\(context)")
      #expect(found.facets == expected.facets, "\(context)")
      #expect(answer.coverage.isExact && answer.coverage.completeness.isComplete, "\(context)")
      if problem != nil { break }
    }
    await split.network.stop()
  }

  /// Also what is asked in several steps, each a cascade of its own.
  @Test(arguments: seeds)
  func relaxedAnswersAreThoseOfOneIndex(seed: Int) async throws {
    var generator = SeededGenerator(seed: UInt64(seed) &+ 1_000)
    let clock = RacingClock()
    let split = try await Split(using: &generator, now: { clock.now })
    let whole = await split.whole()
    for number in 0..<12 {
      let words = RandomCollection.phrase(1...6, using: &generator)
      let request = SearchRequest(
        query: .words(words), limit: generator.one(of: [1, 10, 100]),
        offset: generator.one(of: [0, 0, 5]), collapsesDuplicates: generator.chance(50))
      let context = "seed \(seed), query \(number), \(split.serverCount) servers: \(request)"
      var all = request
      (all.limit, all.offset) = (100_000, 0)
      let expected = try await PersonalSearch(engine: whole).answer(to: all, isStrict: false)
      let answer = try await split.network.search(request, isStrict: false).answer.answer
      #expect(answer.corrections == expected.corrections, "\(context)")
      let oracle = TieTolerantOracle(
        whole: expected.answer.hits, partialStart: expected.partialStart)
      let problem = oracle.problem(
        of: answer.answer.hits, partialStart: answer.partialStart, for: request)
      #expect(problem == nil, "\(context)")
      if answer.answer.hits.count < request.limit || expected.partialStart == 0 {
        #expect(answer.unmatchedWords == expected.unmatchedWords, "\(context)")
        #expect(answer.wordsInsideOthers == expected.wordsInsideOthers, "\(context)")
      }
      if problem != nil { break }
    }
    await split.network.stop()
  }
}
