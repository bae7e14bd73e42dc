import SearchModel

/// A search as a person gets it: relaxed unless they ask for the strict one, and with what a word
/// that matches nothing might have meant.
struct PersonalSearch {
  let engine: any FullTextEngine

  private static let spellingsPerWord = 3
  /// A long text pasted as a query need not be spell-checked to its end.
  private static let wordsSpelled = 10

  func answer(
    to request: SearchRequest, isStrict: Bool
  ) async throws(EngineError) -> RelaxedAnswer {
    isStrict
      ? RelaxedAnswer(answer: try await engine.search(request))
      : try await RelaxingSearch(engine: engine).search(request)
  }

  /// The answer with all that is said about it.
  ///
  /// - Parameter text: the query as typed.
  func report(
    for request: SearchRequest, text: String, isStrict: Bool
  ) async throws(EngineError) -> SearchReport {
    var relaxed = try await answer(to: request, isStrict: isStrict)
    let isEmpty = relaxed.answer.hits.isEmpty && relaxed.answer.matchCount.lowerBound == 0
    if isStrict, isEmpty {
      // Which word is to blame is the same for both kinds of search.
      relaxed.unmatchedWords = try await answer(to: request, isStrict: false).unmatchedWords
    }
    var report = SearchReport(
      text: text, query: request.query, offset: request.offset, limit: request.limit,
      relaxed: relaxed)
    for word in relaxed.unmatchedWords.prefix(Self.wordsSpelled) {
      report.spellings[word] = try await engine.spellings(of: word, limit: Self.spellingsPerWord)
    }
    return report
  }
}
