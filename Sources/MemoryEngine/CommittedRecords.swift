import SearchModel
import TextAnalysis

/// What a search looks at: the records of one revision, or those of a view of it.
struct CommittedRecords: Sendable {
  let collection: Collection
  let model: RelevanceModel
  let revision: Revision

  func statistics(for query: Query) -> CollectionStatistics {
    collection.statistics(for: QueryAnalyzer().analyze(query))
  }

  func search(_ request: SearchRequest) throws(EngineError) -> SearchAnswer {
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
      revision: revision)
  }

  var termFingerprints: TermFingerprints {
    collection.indexVocabulary.fingerprints(of: revision)
  }

  func nearSpellings(of word: String, limit: Int) -> [NearSpelling] {
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
