internal import CXapian
import SearchModel
import TextAnalysis

extension Snapshot {
  /// The totals, and how many records each weighted leaf of the query matches.
  func statistics(for query: TermQuery) throws(EngineError) -> CollectionStatistics {
    var statistics = totals
    for leaf in query.weightedLeaves where statistics.documentFrequencies[leaf.statisticsKey] == nil
    {
      let frequency = try documentFrequency(of: leaf.terms)
      if frequency > 0 { statistics.documentFrequencies[leaf.statisticsKey] = frequency }
    }
    return statistics
  }

  private func documentFrequency(of terms: TermLeaf.Terms) throws(EngineError) -> Int {
    var sum = 0
    for part in parts {
      try part.visitTerms(terms.kind, terms.text) { _, frequency in sum += frequency }
    }
    return sum
  }

  /// Words of the index that are spelled like `word`; see ``SearchModel/FullTextEngine``.
  func nearSpellings(
    of word: String, limit: Int, model: RelevanceModel
  ) throws(EngineError) -> [NearSpelling] {
    var search = SpellingSearch(word)
    if search.isFutile { return [] }
    for part in parts {
      try part.visitTerms(
        .prefix, "", where: { search.isNear($0) },
        { search.consider($0, documentFrequency: $1) })
    }
    return try search.nearest(limit: limit) { (term) throws(EngineError) in
      // The query is given as terms: what the request has for a query is not looked at.
      let request = SearchRequest(
        query: .nothing, limit: 1, collapsesDuplicates: false,
        statistics: WrittenWord.statistics(for: term))
      let found = try SnapshotSearch(request, WrittenWord.query(term), in: self, model: model)
        .answer()
      return found.hits.first.map { WrittenWord(of: term, in: $0) }
    }
  }
}

extension Snapshot {
  /// The fingerprints of all terms that a requirement can name.
  func termFingerprints() throws(EngineError) -> TermFingerprints {
    var vocabulary = IndexVocabulary()
    let namespaces = IndexVocabulary.namespaces.map { [$0] }
    for part in parts {
      for start in [[]] + namespaces {
        try part.visitTermBytes(startingWith: start) { vocabulary.insert($0) }
      }
    }
    return vocabulary.fingerprints(of: manifest.revision)
  }
}

extension TermLeaf.Terms {
  var kind: cxapian_terms {
    switch self {
    case .exactly: .exact
    case .startingWith: .prefix
    case .containing: .infix
    }
  }

  var text: String {
    switch self {
    case .exactly(let text), .startingWith(let text), .containing(let text): text
    }
  }
}
