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

  public func statistics(for query: Query) -> CollectionStatistics {
    collection.statistics(for: QueryAnalyzer().analyze(query))
  }

  public func search(_ request: SearchRequest) throws(EngineError) -> SearchAnswer {
    guard request.limit >= 0, request.offset >= 0 else {
      throw .invalidRequest("The limit and the offset of a search must not be negative.")
    }
    let query = QueryAnalyzer().analyze(request.query)
    let statistics = request.statistics ?? collection.statistics(for: query)
    let evaluator = Evaluator(model: model, statistics: statistics)
    var matches: [Ranking.Candidate] = []
    for document in collection.documents {
      if Task.isCancelled { throw .cancelled }
      if let match = evaluator.match(query, document) {
        matches.append(Ranking.Candidate(document: document, match: match))
      }
    }
    var facets = FacetCounting(request.facets)
    for match in matches { facets.add(match.document.record) }
    return SearchAnswer(
      hits: Ranking.hits(of: matches, for: request),
      matchCount: .exactly(matches.count),
      facets: facets.result,
      revision: committedRevision)
  }

  public func record(for key: RecordKey) -> Record? { collection.record(for: key) }

  public func held(among keys: [RecordKey]) -> Set<RecordKey> {
    Set(keys.filter { collection.record(for: $0) != nil })
  }

  public nonisolated func statisticsKeys(of query: Query) -> Set<String> {
    Set(QueryAnalyzer().analyze(query).weightedLeaves.map(\.statisticsKey))
  }

  public nonisolated func requirement(of query: Query) -> TermRequirement {
    QueryAnalyzer().analyze(query).requirement
  }

  public func termFingerprints() -> TermFingerprints {
    collection.indexVocabulary.fingerprints(of: committedRevision)
  }

  public func nearSpellings(of word: String, limit: Int) -> [NearSpelling] {
    guard limit > 0 else { return [] }
    var search = SpellingSearch(word)
    for (term, frequency) in collection.vocabulary {
      search.consider(term, documentFrequency: frequency)
    }
    return search.nearest(limit: limit) { writtenWord(of: $0) }
  }

  /// In the record in which the term weighs most.
  private func writtenWord(of term: String) -> WrittenWord? {
    let request = SearchRequest(
      query: .nothing, limit: 1, collapsesDuplicates: false,
      statistics: WrittenWord.statistics(for: term))
    return hits(of: WrittenWord.query(term), for: request).first.map {
      WrittenWord(of: term, in: $0)
    }
  }

  private func hits(of query: TermQuery, for request: SearchRequest) -> [Hit] {
    let evaluator = Evaluator(
      model: model, statistics: request.statistics ?? collection.statistics(for: query))
    return Ranking.hits(
      of: collection.documents.compactMap { document in
        evaluator.match(query, document).map { Ranking.Candidate(document: document, match: $0) }
      }, for: request)
  }
}
