import Cascade
import Foundation
import MemoryEngine
import Protocol
import SearchModel
import Synchronization
import TestSupport
import Testing
import XapianEngine

@testable import EngineConformance
@testable import VirtualServer

/// Whatever is shared with whom, nobody learns by any way of what he may not see, and everybody finds
/// all that he may: each answer is the one of an index that holds nothing else.
/// `NEARFIND_LEAK_SEEDS=100` tries as many networks.
@Suite("No leak", .timeLimit(.minutes(10))) struct NoLeakTests {
  private static let wanted = ProcessInfo.processInfo.environment["NEARFIND_LEAK_SEEDS"]
  static let seeds = 0..<(wanted.flatMap { Int($0) } ?? 2)

  @Test(arguments: seeds)
  func everyAnswerIsOfWhatItsViewerMaySee(seed: Int) async throws {
    var generator = SeededGenerator(seed: UInt64(seed) &+ 4_000)
    let folder = try TemporaryFolder()
    let ahead = Mutex(Duration.zero)
    let makeEngine = { (number: Int) throws -> any FullTextEngine in
      if number % 2 == 0 { return MemoryEngine() }
      return try XapianEngine(directory: "\(folder.path)/\(number)", access: .writing)
    }
    let sharing = try await SharingNetwork(
      groups: 5, now: { .now + ahead.withLock { $0 } }, engine: makeEngine)
    for round in 0..<3 {
      for member in sharing.members.indices where round == 0 || generator.chance(50) {
        try await change(sharing, member, using: &generator)
      }
      // What was published since a filter was made may be missed for a while; not here.
      ahead.withLock { $0 += FilterBook.trust * 2 }
      for _ in 0..<6 {
        let member = generator.number(in: 0...sharing.members.count - 1)
        let context = "seed \(seed), round \(round), \(sharing.members[member].node)"
        try await checkSearch(sharing, member, context, using: &generator)
        try await checkSpellings(sharing, member, context, using: &generator)
        try await checkNews(sharing, member, context)
      }
      try await checkPeers(sharing, "seed \(seed), round \(round)", using: &generator)
    }
    await sharing.network.stop()
  }

  // MARK: What happens

  private static let labels = (0..<3).map { ShareLabel("share\($0)")! }

  /// Shares other things with others, and has other records.
  private func change(
    _ sharing: SharingNetwork, _ member: Int, using generator: inout SeededGenerator
  ) async throws {
    var shares: [ShareLabel: Visibility] = [:]
    for label in Self.labels where generator.chance(85) {
      let names = (1...5).filter { _ in generator.chance(35) }.map { "user\($0)" }
      shares[label] = generator.one(of: [.everyone, .band, .users(Set(names))])
    }
    try await sharing.share(shares, by: member)
    let records = (0..<generator.number(in: 1...12)).map { _ in
      var record = RandomCollection.record(
        generator.number(in: 0...20), using: &generator)
      record.owner = Owner(userSerialID: 1, userID: sharing.members[member].node.user.text)
      // Also of shares that the table does not name.
      record.share = generator.chance(90) ? generator.one(of: Self.labels) : nil
      return record
    }
    let keys = sharing.members[member].records.keys.filter { _ in generator.chance(20) }
    try await sharing.publish(
      records, removing: keys.filter { key in !records.contains { $0.key == key } }, by: member)
  }

  // MARK: What everybody sees of it

  private func index(of records: [Record]) async -> MemoryEngine {
    let engine = MemoryEngine()
    await engine.apply(records.map(RecordChange.put))
    await engine.commit(notes: [:])
    return engine
  }

  /// Hits, weights, counts, facets, explanations, and what the words of a filter let be left out.
  private func checkSearch(
    _ sharing: SharingNetwork, _ member: Int, _ context: String,
    using generator: inout SeededGenerator
  ) async throws {
    let viewer = sharing.members[member]
    let band = SharingNetwork.band(of: viewer.group)
    let request = RandomQuery.request(using: &generator)
    guard (try? GroupServiceLimits().query.check(request.query)) != nil else { return }
    let context = "\(context): \(request)"
    let answer = try await sharing.search(request, by: member)
    var all = request
    (all.limit, all.offset) = (100_000, 0)
    func visible(_ groups: Set<Int>?) -> [Record] {
      sharing.visible(to: viewer.node, in: band, groups: groups)
    }
    let everything = try await index(of: visible(nil)).search(all)
    let answered = Set(answer.groups(.answered).map { Int($0) - 1 })
    let expected = try await index(of: visible(answered)).search(all)
    #expect(everything.matchCount == expected.matchCount, "pruned wrongly: \(context)")
    let found = answer.answer.answer
    let problem = TieTolerantOracle(whole: expected.hits)
      .problem(of: found.hits, partialStart: nil, for: request)
    #expect(problem == nil, "\(context)")
    #expect(found.matchCount.lowerBound <= expected.matchCount.lowerBound, "\(context)")
    #expect(found.matchCount.upperBound >= expected.matchCount.upperBound, "\(context)")
    #expect(found.facets == expected.facets, "\(context)")
    #expect(answer.recordCount == visible([viewer.group]).count, "\(context)")
    #expect(answer.coverage.isExact && answer.coverage.completeness.isComplete, "\(context)")
  }

  private func checkSpellings(
    _ sharing: SharingNetwork, _ member: Int, _ context: String,
    using generator: inout SeededGenerator
  ) async throws {
    let viewer = sharing.members[member]
    let word = String(generator.one(of: RandomCollection.words).dropLast()) + "q"
    let records = sharing.visible(
      to: viewer.node, in: SharingNetwork.band(of: viewer.group))
    let oracle = await index(of: records)
    let expected = await oracle.nearSpellings(of: word, limit: 1_000)
    let asker = Asker(
      viewer: Viewer(userID: viewer.node.user.text, isInOwnersBand: true),
      mandate: try sharing.mandate(of: member))
    let found = try await sharing.server(of: member).service.coordinator.nearSpellings(
      of: word, limit: 1_000, for: asker, scope: .everywhere, until: .now + .seconds(60))
    let context = "\(word), \(context)"
    #expect(found.isEmpty == expected.isEmpty, "\(context)")
    for spelling in found {
      // Another record may be the one that tells how a stem is written, so the words of one index may
      // be others; but all that is said of them is true of what may be seen.
      let forms = [spelling.word, spelling.term].map { Query.word($0, field: nil) }
      let seen = try await oracle.search(SearchRequest(query: .any(forms), limit: 0))
      let isTrue =
        spelling.documentFrequency > 0
        && spelling.documentFrequency <= seen.matchCount.upperBound
      #expect(isTrue, "\(spelling) of nothing that may be seen: \(context)")
    }
  }

  private func checkNews(
    _ sharing: SharingNetwork, _ member: Int, _ context: String
  ) async throws {
    let viewer = sharing.members[member]
    let answer = try await sharing.server(of: member).service.news(
      NewsRequest(
        query: .word("report", field: nil), scope: "everywhere", known: [:],
        mandate: sharing.mandate(of: member)), by: viewer.node)
    let records = sharing.visible(
      to: viewer.node, in: SharingNetwork.band(of: viewer.group))
    let expected = try await index(of: records).search(
      SearchRequest(
        query: .word("report", field: nil), limit: 1_000, collapsesDuplicates: false))
    #expect(
      Set(answer.changed.flatMap(\.records).map(\.key)) == Set(expected.hits.map(\.record.key)),
      "\(context)")
    #expect(answer.missingCount == 0, "\(context)")
  }

  /// What a coordinator is told, for somebody or for nobody: statistics, and the filter.
  private func checkPeers(
    _ sharing: SharingNetwork, _ context: String, using generator: inout SeededGenerator
  ) async throws {
    for (group, asked) in sharing.network.members.enumerated() {
      let member = generator.number(in: 0...sharing.members.count - 1)
      let viewer = sharing.members[member]
      let band = SharingNetwork.band(of: viewer.group)
      let coordinator = sharing.server(of: member).host
      let query = RandomQuery.query(using: &generator)
      guard (try? GroupServiceLimits().query.check(query)) != nil else { continue }
      for mandate in [try sharing.mandate(of: member), nil] {
        let known = mandate == nil ? nil : viewer.node
        let oracle = await index(of: sharing.visible(to: known, in: band, groups: [group]))
        let statistics = try await asked.service.statistics(
          StatisticsRequest(query: query, mandate: mandate), by: coordinator)
        #expect(
          statistics.statistics.withoutZeros
            == (await oracle.statistics(for: query).withoutZeros),
          "\(context), group \(group), \(viewer.node), \(query)")
      }
      let oracle = await index(of: sharing.visible(to: nil, in: band, groups: [group]))
      // Made anew: the service's own may be two seconds old.
      let offer = FilterOffer(engine: asked.engine, shares: asked.service.index.shares)
      let answer = try await offer.answer(
        to: FilterRequest(known: nil),
        isForBand: asked.service.coordinator.isOfOwnBand(coordinator))
      let text = try #require(answer.filter)
      let bytes = try #require(Data(base64Encoded: text))
      let expected = TermFilter(await oracle.termFingerprints().named(answer.revision)).encoded
      #expect(Array(bytes) == expected, "\(context), filter of group \(group) for \(coordinator)")
    }
  }
}
