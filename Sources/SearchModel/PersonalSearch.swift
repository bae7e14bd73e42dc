/// A search as a person gets it: relaxed unless they ask for the strict one, and with what a word
/// that matches nothing might have meant. Whoever answers people, on this machine or for a group of
/// them, answers so.
public struct PersonalSearch: Sendable {
  private let engine: any SearchableIndex

  private static let spellingsPerWord = 3
  /// A long text pasted as a query need not be spell-checked to its end.
  private static let wordsSpelled = 10

  public init(engine: any SearchableIndex) {
    self.engine = engine
  }

  /// - Parameter isStrict: whether only what matches all of the query is wanted, spelled as it is.
  /// - Throws: what the engine throws.
  public func answer(
    to request: SearchRequest, isStrict: Bool
  ) async throws(EngineError) -> RelaxedAnswer {
    isStrict
      ? RelaxedAnswer(answer: try await engine.search(request))
      : try await RelaxingSearch(engine: engine).search(request)
  }

  /// The answer with all that is said about it.
  ///
  /// - Throws: what the engine throws.
  public func explainedAnswer(
    to request: SearchRequest, isStrict: Bool
  ) async throws(EngineError) -> ExplainedAnswer {
    var relaxed = try await answer(to: request, isStrict: isStrict)
    let isEmpty = relaxed.answer.hits.isEmpty && relaxed.answer.matchCount.lowerBound == 0
    if isStrict, isEmpty {
      // Which word is to blame is the same for both kinds of search.
      relaxed.unmatchedWords = try await answer(to: request, isStrict: false).unmatchedWords
    }
    var explained = ExplainedAnswer(relaxed: relaxed)
    for word in relaxed.unmatchedWords.prefix(Self.wordsSpelled) {
      explained.spellings[word] = try await engine.spellings(
        of: word, limit: Self.spellingsPerWord)
    }
    return explained
  }
}

/// An answer, and what the words that match nothing might have meant.
public struct ExplainedAnswer: Hashable, Sendable {
  public var relaxed: RelaxedAnswer
  /// For each of them the nearest spellings, nearest first.
  public var spellings: [String: [String]]

  public init(relaxed: RelaxedAnswer, spellings: [String: [String]] = [:]) {
    self.relaxed = relaxed
    self.spellings = spellings
  }
}
