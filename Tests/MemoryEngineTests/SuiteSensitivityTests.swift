import EngineConformance
import MemoryEngine
import SearchModel
import Testing

/// The conformance suite must see an engine's faults: each is built into an engine on purpose, and
/// the check that is there for it has to fail.
@Suite("The conformance suite finds faults")
struct SuiteSensitivityTests {
  @Test(arguments: Fault.allCases)
  func finds(fault: Fault) async throws {
    let checks = ConformanceCheck.all.filter { $0.name.contains(fault.foundBy) }
    try #require(checks.count == 1)
    let scale = ConformanceScale(seeds: [1], batchSize: 30, commits: 2, queries: 80)
    let subject = EngineConformance(scale: scale) { FaultyEngine(fault) }
    await withKnownIssue {
      try await checks[0].run(subject)
    }
  }
}

enum Fault: CaseIterable {
  case showsTheBatchBeforeItsCommit, forgetsRemovals, takesTheFirstChangeOfAKey, losesNotes
  case commitsInTwoSteps, ignoresStatistics, skipsOneHit, ordersTiesBackwards, neverCollapses
  case countsThePageOnly, countsFacetsOfThePage, addsToWeights, keepsText, raisesEveryRevision
  case forgetsTerms, forgetsSortTexts, ignoresCancellation, showsHiddenRecords

  /// A part of the name of the check that has to fail.
  var foundBy: String {
    switch self {
    case .showsTheBatchBeforeItsCommit: "before the commit"
    case .forgetsRemovals: "replaced and removed"
    case .takesTheFirstChangeOfAKey: "later change of a key"
    case .losesNotes: "notes are kept"
    case .commitsInTwoSteps: "whole revisions"
    case .ignoresStatistics: "split over engines"
    case .skipsOneHit: "pages join"
    case .ordersTiesBackwards: "each sort order"
    case .neverCollapses: "same content"
    case .countsThePageOnly, .addsToWeights: "random batches"
    case .countsFacetsOfThePage: "facets count"
    case .keepsText: "comes back as it went in"
    case .raisesEveryRevision: "empty batch"
    case .forgetsTerms: "holds no match"
    case .forgetsSortTexts: "list by name"
    case .ignoresCancellation: "cancelled task"
    case .showsHiddenRecords: "without the hidden records"
    }
  }
}

/// A memory engine with one fault.
private actor FaultyEngine: FullTextEngine {
  private let fault: Fault
  private let engine = MemoryEngine()
  private var batch: [RecordChange] = []

  init(_ fault: Fault) { self.fault = fault }

  func apply(_ changes: [RecordChange]) async throws(EngineError) {
    switch fault {
    case .showsTheBatchBeforeItsCommit:
      await engine.apply(changes)
      await engine.commit(notes: [:])
    case .forgetsRemovals:
      await engine.apply(changes.filter { if case .put = $0 { true } else { false } })
    case .takesTheFirstChangeOfAKey: await engine.apply(changes.reversed())
    case .commitsInTwoSteps: batch += changes
    default: await engine.apply(changes)
    }
  }

  func commit(notes: [String: String]) async throws(EngineError) -> Revision {
    if fault == .commitsInTwoSteps {
      await engine.apply(Array(batch[..<(batch.count / 2)]))
      await engine.commit(notes: [:])
      for _ in 0..<20 { await Task.yield() }
      await engine.apply(Array(batch[(batch.count / 2)...]))
      batch = []
    }
    let forced = ["forced": "\(await engine.revision())"]
    if fault == .raisesEveryRevision { return await engine.commit(notes: forced) }
    return await engine.commit(notes: fault == .losesNotes ? [:] : notes)
  }

  func notes() async throws(EngineError) -> [String: String] { await engine.notes() }

  func revision() async throws(EngineError) -> Revision { await engine.revision() }

  func statistics(for query: Query) async throws(EngineError) -> CollectionStatistics {
    await engine.statistics(for: query)
  }

  func search(_ request: SearchRequest) async throws(EngineError) -> SearchAnswer {
    var request = request
    if fault == .ignoresStatistics { request.statistics = nil }
    if fault == .neverCollapses { request.collapsesDuplicates = false }
    if fault == .skipsOneHit, request.offset > 0 { request.offset -= 1 }
    var answer: SearchAnswer
    if fault == .ignoresCancellation {
      let (engine, request) = (engine, request)
      let search = Task { try await engine.search(request) }
      do { answer = try await search.value } catch { throw .invalidRequest("\(error)") }
    } else {
      answer = try await engine.search(request)
    }
    switch fault {
    case .forgetsSortTexts: for index in answer.hits.indices { answer.hits[index].sortText = nil }
    case .ordersTiesBackwards: answer.hits.reverse()
    case .countsThePageOnly: answer.matchCount = .exactly(answer.hits.count)
    case .addsToWeights: answer.hits = answer.hits.map { $0.heavier(by: 1e-8) }
    case .countsFacetsOfThePage:
      answer.facets = answer.facets.mapValues { Array($0.prefix(request.limit)) }
    default: break
    }
    return answer
  }

  func record(for key: RecordKey) async throws(EngineError) -> Record? {
    var record = await engine.record(for: key)
    if fault == .keepsText { record?.text = "kept" }
    return record
  }

  func nearSpellings(
    of word: String, limit: Int
  ) async throws(EngineError) -> [NearSpelling] {
    await engine.nearSpellings(of: word, limit: limit)
  }

  nonisolated func view(without shares: Set<ShareLabel>) -> any ReadableIndex {
    engine.view(without: fault == .showsHiddenRecords ? [] : shares)
  }

  nonisolated func statisticsKeys(of query: Query) -> Set<String> {
    engine.statisticsKeys(of: query)
  }
  nonisolated func requirement(of query: Query) -> TermRequirement { engine.requirement(of: query) }

  func termFingerprints() async throws(EngineError) -> TermFingerprints {
    let all = await engine.termFingerprints()
    guard fault == .forgetsTerms else { return all }
    return TermFingerprints(
      revision: all.revision, all.values.filter { !$0.value.isMultiple(of: 16) })
  }
}

extension Hit {
  fileprivate func heavier(by amount: Double) -> Hit {
    var hit = self
    hit.weight += amount
    return hit
  }
}
