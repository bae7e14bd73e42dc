import Foundation
import RelevanceEvaluation
import SearchModel
import Testing
import XapianEngine

@testable import VirtualServer

/// What people get of a collection in 20 groups is what they would get of one, to the last digit.
/// `NEARFIND_CASCADE_RELEVANCE=1` takes all records and puts all queries; otherwise a few queries of
/// each set do, with what is judged for them and every tenth record beside it.
@Suite(.timeLimit(.minutes(60))) struct NetworkRelevanceTests {
  private static let serverCount = 20
  private static let depth = 100
  private static let asksAll =
    ProcessInfo.processInfo.environment["NEARFIND_CASCADE_RELEVANCE"] != nil
  private static let sampleSize = 2

  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "fixtures")

  @Test(arguments: ["tldr-en", "nl2bash", "tldr-ko", "known-items"])
  func aSplitIsAsGoodAsOneIndex(name: String) async throws {
    let collection = try CollectionFolder(path: Self.fixtures.appending(path: name).path)
    let corpus = try CorpusReader(path: collection.corpusPath)
    var parts = [[Record]](repeating: [], count: Self.serverCount)
    let judged = try collection.querySets.reduce(into: Set<RecordKey>()) { keys, querySet in
      let judgments = try Judgments(path: querySet.judgmentsPath)
      for query in try Self.queries(of: querySet, judgments) {
        keys.formUnion((judgments.grades[query.id] ?? [:]).keys)
      }
    }
    var count = 0
    while let record = try corpus.next() {
      count += 1
      guard Self.asksAll || count % 10 == 1 || judged.contains(record.key) else { continue }
      let place = StableHash.value(of: record.key.value) % UInt64(Self.serverCount)
      parts[Int(place)].append(record)
    }
    let folder = try TemporaryFolder()
    let whole = try XapianEngine(directory: folder.path + "/whole", access: .writing)
    try await whole.apply(parts.flatMap(\.self).map(RecordChange.put))
    _ = try await whole.commit(notes: [:])
    // Without pruning all are in the sum of statistics, as in one index.
    let clock = RacingClock()
    let network = try await ServerNetwork(
      parts, now: { clock.now },
      engine: { try XapianEngine(directory: "\(folder.path)/\($0)", access: .writing) })
    for querySet in collection.querySets { try await compare(querySet, network, whole, name) }
    await network.stop()
  }

  /// The judged queries, or every so-manieth of them.
  private static func queries(
    of querySet: QuerySet, _ judgments: Judgments
  ) throws -> [EvaluationQuery] {
    let judged = try EvaluationQuery.read(path: querySet.queriesPath)
      .filter { judgments.grades[$0.id] != nil }
    let step = asksAll ? 1 : max(1, judged.count / sampleSize)
    return stride(from: 0, to: judged.count, by: step).map { judged[$0] }
  }

  private func compare(
    _ querySet: QuerySet, _ network: ServerNetwork, _ whole: XapianEngine, _ name: String
  ) async throws {
    let judgments = try Judgments(path: querySet.judgmentsPath)
    var (one, split): ([Scores], [Scores]) = ([], [])
    var misspelt = 0
    for query in try Self.queries(of: querySet, judgments) {
      let request = SearchRequest(query: .words(query.text), limit: Self.depth)
      var deeper = request
      deeper.limit = 3 * Self.depth
      let expected = try await PersonalSearch(engine: whole).answer(to: deeper, isStrict: false)
      if !expected.corrections.isEmpty { misspelt += 1 }
      let found = try await network.search(request, isStrict: false).answer.answer
      let context = "\(name) \(querySet.name) \(query.id): \(query.text)"
      #expect(found.corrections == expected.corrections, "\(context)")
      let oracle = TieTolerantOracle(
        whole: expected.answer.hits, partialStart: expected.partialStart)
      let problem = oracle.problem(
        of: found.answer.hits, partialStart: found.partialStart, for: request)
      #expect(problem == nil, "\(context)")
      let best = expected.answer.hits.prefix(Self.depth)
      #expect(found.answer.hits.map(\.weight) == best.map(\.weight), "\(context)")
      // Where the page ends among equals, which of them are on it is a matter of nearness.
      let rest = expected.answer.hits.dropFirst(Self.depth)
      if let last = best.last, let next = rest.first, last.weight == next.weight { continue }
      let grades = judgments.grades[query.id] ?? [:]
      one.append(
        Scores(of: canonical(Array(best), expected.partialStart), judgedBy: grades))
      split.append(
        Scores(of: canonical(found.answer.hits, found.partialStart), judgedBy: grades))
    }
    #expect(!split.isEmpty)
    let (first, second) = (Scores.mean(of: one), Scores.mean(of: split))
    #expect(first == second)
    print(
      "\(name) \(querySet.name): \(split.count) queries, nDCG@10 \(second.ndcgAt10), one index "
        + "\(first.ndcgAt10); \(misspelt) of them misspelt")
  }

  /// Equals in one order.
  private func canonical(_ hits: [Hit], _ partialStart: Int?) -> [RecordKey] {
    let tiers = [
      hits.prefix(partialStart ?? hits.count), hits.dropFirst(partialStart ?? hits.count),
    ]
    return tiers.flatMap { tier in
      tier.sorted {
        $0.weight != $1.weight ? $0.weight > $1.weight : $0.record.key < $1.record.key
      }
    }.map(\.record.key)
  }
}
