import SearchModel

/// A search as a person gets it: relaxed unless they ask for the strict one, and with what a word
/// that matches nothing might have meant.
struct PersonalSearch {
  let engine: any FullTextEngine

  private static let spellingsPerWord = 3
  /// A long text pasted as a query need not be spell-checked to its end.
  private static let wordsSpelled = 10

  func report(
    for request: SearchRequest, text: String, isStrict: Bool
  ) async throws(EngineError) -> SearchReport {
    let relaxing = RelaxingSearch(engine: engine)
    var relaxed: RelaxedAnswer
    if isStrict {
      relaxed = RelaxedAnswer(answer: try await engine.search(request))
      if relaxed.answer.hits.isEmpty, relaxed.answer.matchCount.lowerBound == 0 {
        relaxed.unmatchedWords = try await relaxing.search(request).unmatchedWords
      }
    } else {
      relaxed = try await relaxing.search(request)
    }
    var report = SearchReport(
      text: text, query: request.query, offset: request.offset, relaxed: relaxed)
    for word in relaxed.unmatchedWords.prefix(Self.wordsSpelled) {
      report.spellings[word] = try await engine.spellings(
        of: word, limit: Self.spellingsPerWord)
    }
    return report
  }
}
