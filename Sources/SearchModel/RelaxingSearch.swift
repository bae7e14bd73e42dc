/// Answers a person's search over any engine: first what matches all of the words, then, when that
/// does not fill the page, what matches some of them, with mistyped words corrected; and says which
/// is which. A page of any offset continues the page before it.
///
/// A query of ``proseWordCount`` words or more describes a thing rather than naming it. That every
/// one of its words occurs somewhere is then a matter of chance, so its hits are ranked by
/// resemblance alone. Queries with operators other than exclusions and filters are answered as they
/// stand.
public struct RelaxingSearch: Sendable {
  /// From so many words on a query is ranked by resemblance alone.
  public static let proseWordCount = 4

  /// The most words that are looked up one by one, to find those that match nothing.
  public static let maximumExaminedWordCount = 24

  /// Shorter words are not looked for inside others: they are inside too many.
  static let shortestInfix = 3

  private let engine: any FullTextEngine

  public init(engine: any FullTextEngine) {
    self.engine = engine
  }

  /// - Parameter request: as for the engine. Statistics that were handed in apply to the strict
  ///   part alone; the rest is weighed by the engine's own.
  /// - Throws: what the engine throws.
  public func search(_ request: SearchRequest) async throws(EngineError) -> RelaxedAnswer {
    let strict = try await engine.search(request)
    guard request.limit > 0, let plain = PlainWords(request.query) else {
      return RelaxedAnswer(answer: strict)
    }
    let isProse = plain.words.count >= Self.proseWordCount
    if strict.hits.count >= request.limit, !isProse { return RelaxedAnswer(answer: strict) }

    var answer = RelaxedAnswer(answer: strict)
    // Where something matches all words, none of them matches nothing.
    if strict.matchCount == .exactly(0) {
      try await examine(plain.words, into: &answer)
    }
    var partial = request
    partial.query = plain.partialQuery(relaxedBy: answer, excludesStrict: !isProse)
    partial.statistics = nil
    partial.facets = []
    if isProse {
      answer.answer.hits = try await engine.search(partial).hits
      answer.partialStart = answer.answer.hits.isEmpty ? nil : 0
      return answer
    }
    let strictCount = try await countStrictHits(request, page: strict)
    partial.offset = max(0, request.offset - strictCount)
    partial.limit = request.limit - strict.hits.count
    let further = try await engine.search(partial).hits
    if !further.isEmpty {
      answer.partialStart = strict.hits.count
      answer.answer.hits += further
    }
    return answer
  }

  /// How many hits the strict part has in all, given a page of it that is not full.
  private func countStrictHits(
    _ request: SearchRequest, page: SearchAnswer
  ) async throws(EngineError) -> Int {
    if request.offset == 0 || !page.hits.isEmpty { return request.offset + page.hits.count }
    var before = request
    before.offset = 0
    before.limit = request.offset
    before.facets = []
    before.explains = false
    return try await engine.search(before).hits.count
  }

  /// Finds the words that match nothing, and what may have been meant.
  private func examine(
    _ words: [String], into answer: inout RelaxedAnswer
  ) async throws(EngineError) {
    for word in words.prefix(Self.maximumExaminedWordCount) {
      if try await matches(.word(word, field: nil)) { continue }
      answer.unmatchedWords.append(word)
      if Self.mayBeInside(word), try await matches(.infix(word, field: nil)) {
        answer.wordsInsideOthers.append(word)
      } else if let spelling = try await engine.spellings(of: word, limit: 1).first {
        answer.corrections.append(.init(word: word, spelling: spelling))
      }
    }
  }

  /// Whether a word is worth looking for inside others: not too short, and nothing but letters
  /// and digits, some letters among them.
  private static func mayBeInside(_ word: String) -> Bool {
    word.count >= shortestInfix && word.allSatisfy { $0.isLetter || $0.isNumber }
      && word.contains(where: \.isLetter)
  }

  private func matches(_ query: Query) async throws(EngineError) -> Bool {
    let request = SearchRequest(query: query, limit: 1, collapsesDuplicates: false)
    return try await !engine.search(request).hits.isEmpty
  }
}

/// A query without operators, taken apart.
private struct PlainWords {
  /// Distinct, in the query's order.
  var words: [String] = []
  /// What restricts the hits whichever words match.
  var restrictions: [Query] = []
  let strict: Query

  /// - Returns: nil for a query that asks for more than words, exclusions and filters.
  init?(_ query: Query) {
    strict = query
    let parts: [Query] = if case .all(let children) = query { children } else { [query] }
    for part in parts {
      switch part {
      case .word(let word, field: nil):
        if !words.contains(word) { words.append(word) }
      case .filter, .not: restrictions.append(part)
      default: return nil
      }
    }
    if words.isEmpty { return nil }
  }

  func partialQuery(relaxedBy answer: RelaxedAnswer, excludesStrict: Bool) -> Query {
    let spellings = Dictionary(
      answer.corrections.map { ($0.word, $0.spelling) },
      uniquingKeysWith: { first, _ in first })
    let text = words.map { spellings[$0] ?? $0 }.joined(separator: " ")
    let resembling = Query.resembling(text)
    let inside = answer.wordsInsideOthers.map { Query.infix($0, field: nil) }
    let wanted = inside.isEmpty ? resembling : .any([resembling] + inside)
    return .all([wanted] + restrictions + (excludesStrict ? [.not(strict)] : []))
  }
}

/// A page of hits, and how they came about.
public struct RelaxedAnswer: Hashable, Sendable {
  /// The page. Its `matchCount` and facets are those of the query as it was typed.
  public var answer: SearchAnswer

  /// The index in `answer.hits` from which on hits need not match the query as it was typed, but
  /// only some of its words or a corrected spelling; nil when all of the page's hits match it.
  public var partialStart: Int?

  /// Words of the query that match no record, in the query's order. They are only looked for when
  /// nothing matches all words.
  public var unmatchedWords: [String]

  /// The unmatched words that were found inside longer words and searched so.
  public var wordsInsideOthers: [String]

  /// The spellings that were searched instead of unmatched words.
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
    wordsInsideOthers: [String] = [], corrections: [Correction] = []
  ) {
    self.answer = answer
    self.partialStart = partialStart
    self.unmatchedWords = unmatchedWords
    self.wordsInsideOthers = wordsInsideOthers
    self.corrections = corrections
  }
}
