/// Answers a person's search over any engine, in steps, each of which begins where the one before
/// has nothing left: what matches all of the words; where a word matches nothing, what matches all
/// of them with another form in its place; what matches some of them. The answer says which is
/// which. A page of any offset continues the page before it.
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

  private let engine: any SearchableIndex

  public init(engine: any SearchableIndex) {
    self.engine = engine
  }

  /// - Parameter request: as for the engine. Statistics that were handed in apply to what matches
  ///   the query as it was typed; the rest is weighed by the engine's own.
  /// - Throws: what the engine throws.
  public func search(_ request: SearchRequest) async throws(EngineError) -> RelaxedAnswer {
    guard request.limit > 0, let plain = PlainWords(request.query) else {
      return RelaxedAnswer(answer: try await engine.search(request))
    }
    return plain.words.count >= Self.proseWordCount
      ? try await searchProse(request, plain) : try await searchWords(request, plain)
  }

  private func searchProse(
    _ request: SearchRequest, _ plain: PlainWords
  ) async throws(EngineError) -> RelaxedAnswer {
    var counting = request
    counting.limit = 0
    counting.offset = 0
    var answer = RelaxedAnswer(answer: try await engine.search(counting))
    let replacements = try await examine(plain.words, into: &answer)
    let step = request.relaxed(to: plain.someWords(replacements))
    answer.answer.hits = try await engine.search(step).hits
    answer.partialStart = answer.answer.hits.isEmpty ? nil : 0
    return answer
  }

  private func searchWords(
    _ request: SearchRequest, _ plain: PlainWords
  ) async throws(EngineError) -> RelaxedAnswer {
    var answer = RelaxedAnswer(answer: try await engine.search(request))
    guard answer.answer.hits.count < request.limit else { return answer }
    let replacements = try await examine(plain.words, into: &answer)
    // How many hits the steps before have in all, on this page and before it.
    var hitCount = try await countHits(request, page: answer.answer.hits)
    var seen = request.query
    if !replacements.isEmpty {
      let replaced = plain.allWords(replacements)
      let step = request.relaxed(
        to: replaced, behind: hitCount, filling: answer.answer.hits.count)
      let hits = try await engine.search(step).hits
      answer.answer.hits += hits
      guard answer.answer.hits.count < request.limit else { return answer }
      hitCount += try await countHits(step, page: hits)
      seen = replaced
    }
    let partial = plain.someWords(replacements, without: seen)
    let step = request.relaxed(
      to: partial, behind: hitCount, filling: answer.answer.hits.count)
    let hits = try await engine.search(step).hits
    if !hits.isEmpty { answer.partialStart = answer.answer.hits.count }
    answer.answer.hits += hits
    return answer
  }

  /// How many hits a search has in all, given a page of it that is not full.
  private func countHits(
    _ request: SearchRequest, page: [Hit]
  ) async throws(EngineError) -> Int {
    if request.offset == 0 || !page.isEmpty { return request.offset + page.count }
    var before = request
    before.offset = 0
    before.limit = request.offset
    before.facets = []
    before.explains = false
    return try await engine.search(before).hits.count
  }

  // MARK: Words that match nothing

  /// Finds the words that match nothing, and what may have been meant.
  ///
  /// - Returns: for each of them that something is found for, the query that takes its place.
  private func examine(
    _ words: [String], into answer: inout RelaxedAnswer
  ) async throws(EngineError) -> [String: Query] {
    // Where something matches all words, none of them matches nothing.
    guard answer.answer.matchCount == .exactly(0) else { return [:] }
    var replacements: [String: Query] = [:]
    for word in words.prefix(Self.maximumExaminedWordCount) {
      if try await matches(.word(word, field: nil)) { continue }
      answer.unmatchedWords.append(word)
      guard let meaning = try await meaning(of: word) else { continue }
      switch meaning {
      case .unfinished:
        answer.wordsInsideOthers.append(word)
        replacements[word] = .prefix(word, field: nil)
      case .inside:
        answer.wordsInsideOthers.append(word)
        replacements[word] = .infix(word, field: nil)
      case .misspelt(let spelling):
        answer.corrections.append(.init(word: word, spelling: spelling))
        replacements[word] = .word(spelling, field: nil)
      }
    }
    return replacements
  }

  /// What a word that matches nothing may stand for.
  private enum Meaning {
    case unfinished
    case inside
    case misspelt(String)
  }

  /// A word with which others begin is taken for unfinished. A long word that resembles another is
  /// mistyped, even where it happens to be inside a third (`anual` in `manual`); a short one has
  /// too many neighbours for that, and is looked for inside others first (`ccp` in `libccp`).
  private func meaning(of word: String) async throws(EngineError) -> Meaning? {
    let mayBePart = PartialWords.mayBePart(word)
    if mayBePart, try await matches(.prefix(word, field: nil)) { return .unfinished }
    let isShort = word.count < PartialWords.shortestMisspelt
    if isShort, mayBePart, try await matches(.infix(word, field: nil)) { return .inside }
    if let spelling = try await engine.spellings(of: word, limit: 1).first {
      return .misspelt(spelling)
    }
    if !isShort, mayBePart, try await matches(.infix(word, field: nil)) { return .inside }
    return nil
  }

  private func matches(_ query: Query) async throws(EngineError) -> Bool {
    try await engine.holdsMatch(of: query)
  }
}

/// Which words are looked for as parts of others.
private enum PartialWords {
  /// Shorter words are not: they are inside too many.
  static let shortest = 3

  /// From so many letters on a word is sooner mistyped than part of another.
  static let shortestMisspelt = 5

  /// Not too short, and nothing but letters and digits, some letters among them.
  static func mayBePart(_ word: String) -> Bool {
    word.count >= shortest && word.allSatisfy { $0.isLetter || $0.isNumber }
      && word.contains(where: \.isLetter)
  }
}

extension SearchRequest {
  /// A later step of the same page: what matches another query, behind so many hits of the steps
  /// before, of which the page has `count` already.
  fileprivate func relaxed(to query: Query, behind hitCount: Int = 0, filling count: Int = 0)
    -> SearchRequest
  {
    var step = self
    step.query = query
    step.statistics = nil
    step.facets = []
    step.offset = max(0, offset - hitCount)
    step.limit = limit - count
    return step
  }
}

/// A query without operators, taken apart.
private struct PlainWords {
  /// Distinct, in the query's order.
  var words: [String] = []
  /// What restricts the hits whichever words match.
  var restrictions: [Query] = []

  /// - Returns: nil for a query that asks for more than words, exclusions and filters.
  init?(_ query: Query) {
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

  /// All words, with the replacements of those that have one.
  func allWords(_ replacements: [String: Query]) -> Query {
    .all(words.map { replacements[$0] ?? .word($0, field: nil) } + restrictions)
  }

  /// Some of the words or their replacements.
  ///
  /// - Parameter seen: what is left out, because it was found before.
  func someWords(_ replacements: [String: Query], without seen: Query? = nil) -> Query {
    var texts: [String] = []
    var parts: [Query] = []
    for word in words {
      switch replacements[word] {
      case .word(let spelling, _): texts.append(spelling)
      case .some(let part):
        parts.append(part)
        texts.append(word)
      case nil: texts.append(word)
      }
    }
    let resembling = Query.resembling(texts.joined(separator: " "))
    let wanted = parts.isEmpty ? resembling : .any([resembling] + parts)
    return .all([wanted] + restrictions + (seen.map { [.not($0)] } ?? []))
  }
}

/// A page of hits, and how they came about.
public struct RelaxedAnswer: Hashable, Sendable, Codable {
  /// The page. Its `matchCount` and facets are those of the query as it was typed.
  public var answer: SearchAnswer

  /// The index in `answer.hits` from which on hits need match only some of the words; nil when
  /// all of the page's hits match all of them. Where words match nothing, hits before it match
  /// what was searched instead: ``corrections`` and ``wordsInsideOthers``.
  public var partialStart: Int?

  /// Words of the query that match no record, in the query's order. They are only looked for when
  /// nothing matches all words.
  public var unmatchedWords: [String]

  /// The unmatched words that were found at the beginning of longer words or inside them, and
  /// searched so.
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

  /// What is to be marked in the hits of `query`: its own words, and what was searched in place of
  /// those that match nothing.
  public func marks(of query: Query) -> Query {
    let others =
      corrections.map { Query.word($0.spelling, field: nil) }
      + wordsInsideOthers.map { Query.infix($0, field: nil) }
    return others.isEmpty ? query : .any([query] + others)
  }
}
