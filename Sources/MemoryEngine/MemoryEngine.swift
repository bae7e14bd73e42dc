import SearchModel
import TextAnalysis

/// A deliberately dumb ``SearchModel/FullTextEngine``: it keeps everything in memory and answers
/// by looking at every record. Slow, and so simple that it can be believed: the oracle that other
/// engines are compared with, and the engine of simulations.
///
/// Nothing is durable; a batch becomes visible at ``commit(notes:)``. The actor runs one call at a
/// time and no call waits inside, so every search sees one revision whole.
public actor MemoryEngine: FullTextEngine {
  private let model: RelevanceModel
  private var batch: [RecordChange] = []
  private var collection = Collection()
  private var committedNotes: [String: String] = [:]
  private var committedRevision = Revision(0)

  /// An empty index.
  ///
  /// - Parameter model: how matches are weighed.
  public init(model: RelevanceModel = .standard) {
    self.model = model
  }

  public func apply(_ changes: [RecordChange]) {
    batch += changes
  }

  @discardableResult
  public func commit(notes: [String: String]) -> Revision {
    if batch.isEmpty && notes.isEmpty { return committedRevision }
    collection.carryOut(batch)
    batch.removeAll()
    committedNotes.merge(notes) { _, new in new }
    committedRevision = Revision(committedRevision.number + 1)
    return committedRevision
  }

  public func notes() -> [String: String] { committedNotes }

  public func revision() -> Revision { committedRevision }

  public func statistics(for query: Query) -> CollectionStatistics { whole.statistics(for: query) }

  public func search(_ request: SearchRequest) throws(EngineError) -> SearchAnswer {
    try whole.search(request)
  }

  public func record(for key: RecordKey) -> Record? { whole.collection.record(for: key) }

  public nonisolated func statisticsKeys(of query: Query) -> Set<String> {
    Set(QueryAnalyzer().analyze(query).weightedLeaves.map(\.statisticsKey))
  }

  public nonisolated func requirement(of query: Query) -> TermRequirement {
    QueryAnalyzer().analyze(query).requirement
  }

  public func termFingerprints() -> TermFingerprints { whole.termFingerprints }

  public func nearSpellings(of word: String, limit: Int) -> [NearSpelling] {
    whole.nearSpellings(of: word, limit: limit)
  }

  public nonisolated func view(without shares: Set<ShareLabel>) -> any ReadableIndex {
    shares.isEmpty ? self : MemoryView(engine: self, hidden: shares)
  }

  private var whole: CommittedRecords { records(without: []) }

  func records(without shares: Set<ShareLabel>) -> CommittedRecords {
    CommittedRecords(
      collection: shares.isEmpty ? collection : collection.without(shares), model: model,
      revision: committedRevision)
  }
}

/// An index less some shares.
struct MemoryView: ReadableIndex {
  let engine: MemoryEngine
  let hidden: Set<ShareLabel>

  func revision() async -> Revision { await engine.revision() }

  func statistics(for query: Query) async -> CollectionStatistics {
    await records.statistics(for: query)
  }

  func search(_ request: SearchRequest) async throws(EngineError) -> SearchAnswer {
    try await records.search(request)
  }

  func record(for key: RecordKey) async -> Record? { await records.collection.record(for: key) }

  func termFingerprints() async -> TermFingerprints { await records.termFingerprints }

  func nearSpellings(of word: String, limit: Int) async -> [NearSpelling] {
    await records.nearSpellings(of: word, limit: limit)
  }

  func statisticsKeys(of query: Query) -> Set<String> { engine.statisticsKeys(of: query) }
  func requirement(of query: Query) -> TermRequirement { engine.requirement(of: query) }

  private var records: CommittedRecords {
    get async { await engine.records(without: hidden) }
  }
}
