/// What answers searches: one engine, or many virtual servers that answer as one would.
public protocol SearchableIndex: Sendable {
  func search(_ request: SearchRequest) async throws(EngineError) -> SearchAnswer

  /// Whether any record matches.
  func holdsMatch(of query: Query) async throws(EngineError) -> Bool

  /// Words of the index that are spelled like `word`, in the order of ``NearSpelling``. Empty when the
  /// index holds nothing near it, and never `word` itself.
  func nearSpellings(of word: String, limit: Int) async throws(EngineError) -> [NearSpelling]
}

extension SearchableIndex {
  /// The words of ``nearSpellings(of:limit:)``.
  public func spellings(of word: String, limit: Int) async throws(EngineError) -> [String] {
    try await nearSpellings(of: word, limit: limit).map(\.word)
  }

  public func holdsMatch(of query: Query) async throws(EngineError) -> Bool {
    let request = SearchRequest(query: query, limit: 1, collapsesDuplicates: false)
    return try await !search(request).hits.isEmpty
  }
}
