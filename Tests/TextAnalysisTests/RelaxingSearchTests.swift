import SearchModel
import Testing

@testable import TextAnalysis

/// Finds by the plainest reading of queries; the weight is the number of the query's words that
/// stand in the name. Only what ``RelaxingSearch`` asks of an engine.
private struct ListEngine: SearchableIndex {
  var records: [Record]

  func search(_ request: SearchRequest) async throws(EngineError) -> SearchAnswer {
    let query = QueryAnalyzer().analyze(request.query)
    let found = records.filter { matches(query, $0) }
    let hits = found.map { Hit(record: $0, weight: weight(request.query, $0)) }
      .sorted { ($1.weight, $0.record.key) < ($0.weight, $1.record.key) }
    return SearchAnswer(
      hits: Array(hits.dropFirst(request.offset).prefix(request.limit)),
      matchCount: .exactly(found.count), revision: Revision(1))
  }

  private func weight(_ query: Query, _ record: Record) -> Double {
    switch query {
    case .word, .prefix, .infix:
      matches(QueryAnalyzer().analyze(query), record) ? 1 : 0
    case .resembling(let text):
      text.split(separator: " ").reduce(0) { $0 + (finds(String($1), record) ? 1 : 0) }
    case .all(let children), .any(let children):
      children.reduce(0) { $0 + weight($1, record) }
    default: 0
    }
  }

  func nearSpellings(
    of word: String, limit: Int
  ) async throws(EngineError) -> [NearSpelling] {
    var search = SpellingSearch(word)
    for term in records.flatMap({ RecordAnalyzer().analyze($0).terms.keys }) {
      search.consider(term, documentFrequency: 1)
    }
    return search.nearest(limit: limit) { _ in nil }
  }
}

@Suite struct RelaxingSearchTests {
  private var search: RelaxingSearch {
    shelf([
      "budget report", "budget plan", "report plan", "budget report plan", "photo",
      "projectplan",
    ])
  }

  private func shelf(_ names: [String]) -> RelaxingSearch {
    RelaxingSearch(
      engine: ListEngine(
        records: names.enumerated().map { index, name in
          Record(key: RecordKey("k\(index)")!, filename: name)
        }))
  }

  private func names(_ answer: RelaxedAnswer) -> [String] {
    answer.answer.hits.map(\.record.filename)
  }

  @Test func whatMatchesAllWordsComesFirst() async throws {
    let answer = try await search.search(SearchRequest(query: .words("budget report")))
    #expect(
      names(answer) == ["budget report", "budget report plan", "budget plan", "report plan"])
    #expect(answer.partialStart == 2)
    #expect(answer.answer.matchCount == .exactly(2))
    #expect(answer.corrections.isEmpty && answer.unmatchedWords.isEmpty)
  }

  @Test func pagesContinueEachOther() async throws {
    let whole = try await search.search(
      SearchRequest(query: .words("budget report"), limit: 10))
    for limit in 1...3 {
      var paged: [String] = []
      for offset in stride(from: 0, to: 6, by: limit) {
        let page = try await search.search(
          SearchRequest(query: .words("budget report"), limit: limit, offset: offset))
        for index in page.answer.hits.indices {
          #expect(
            (offset + index >= 2) == (page.partialStart.map { index >= $0 } ?? false))
        }
        paged += names(page)
      }
      #expect(paged == names(whole))
    }
  }

  @Test func mistypedWordsAreCorrectedAndSaid() async throws {
    let single = try await search.search(SearchRequest(query: .words("phtoo")))
    #expect(names(single) == ["photo"])
    #expect(single.corrections == [.init(word: "phtoo", spelling: "photo")])
    #expect(single.unmatchedWords == ["phtoo"])
    #expect(single.partialStart == nil)
    let several = try await search.search(SearchRequest(query: .words("budgte plan"), limit: 2))
    #expect(names(several) == ["budget plan", "budget report plan"])
    #expect(several.corrections == [.init(word: "budgte", spelling: "budget")])
  }

  @Test func whatMatchesAllCorrectedWordsComesFirst() async throws {
    let answer = try await search.search(SearchRequest(query: .words("budgte reprot")))
    #expect(answer.corrections.map(\.spelling) == ["budget", "report"])
    #expect(
      names(answer) == ["budget report", "budget report plan", "budget plan", "report plan"])
    #expect(answer.partialStart == 2)
    #expect(answer.answer.matchCount == .exactly(0))
  }

  /// `anual` is inside `manual`, but not what was meant.
  @Test func aMistypedWordIsCorrectedThoughAThirdHoldsIt() async throws {
    let shelf = shelf(["annual report", "manual", "user manual", "report"])
    let answer = try await shelf.search(SearchRequest(query: .words("anual reprot")))
    #expect(answer.corrections.map(\.spelling) == ["annual", "report"])
    #expect(answer.wordsInsideOthers.isEmpty)
    #expect(names(answer) == ["annual report", "report"])
    #expect(answer.partialStart == 1)
  }

  /// Somebody mistyped a name before, as whoever searches does now.
  @Test func aMistypedWordIsNotCompletedToAMistypedName() async throws {
    let names = (0..<20).map { "company \($0)" }
    let shelf = shelf(names + ["comapny_old"])
    let mistyped = try await shelf.search(SearchRequest(query: .words("comapn")))
    #expect(mistyped.corrections.isEmpty && mistyped.wordsInsideOthers == ["comapn"])
    // What begins with it is what may be meant, however rare.
    let few = try await self.shelf(["company", "comapnyx"])
      .search(SearchRequest(query: .words("comapny")))
    #expect(few.corrections.isEmpty && self.names(few).first == "comapnyx")
  }

  @Test func anUnfinishedWordIsCompletedAndAShortOneLookedForInside() async throws {
    let shelf = shelf(["preconfigure", "reconfig", "mysqldump", "sed"])
    let unfinished = try await shelf.search(SearchRequest(query: .words("preconfig")))
    #expect(names(unfinished) == ["preconfigure"])
    let short = try await shelf.search(SearchRequest(query: .words("sqd")))
    #expect(short.corrections == [.init(word: "sqd", spelling: "sed")])
    let inside = try await shelf.search(SearchRequest(query: .words("sql")))
    #expect(names(inside) == ["mysqldump"])
    #expect(inside.wordsInsideOthers == ["sql"] && inside.corrections.isEmpty)
  }

  @Test func pagesOfCorrectedSearchesContinueEachOther() async throws {
    let whole = try await search.search(SearchRequest(query: .words("budgte reprot")))
    for limit in 1...3 {
      var paged: [String] = []
      for offset in stride(from: 0, to: 6, by: limit) {
        let page = try await search.search(
          SearchRequest(query: .words("budgte reprot"), limit: limit, offset: offset))
        for index in page.answer.hits.indices {
          #expect(
            (offset + index >= 2) == (page.partialStart.map { index >= $0 } ?? false))
        }
        paged += names(page)
      }
      #expect(paged == names(whole))
    }
  }

  @Test func wordsInsideOthersAreFound() async throws {
    let answer = try await search.search(SearchRequest(query: .words("rojectpl")))
    #expect(names(answer) == ["projectplan"])
    #expect(answer.wordsInsideOthers == ["rojectpl"])
    #expect(answer.corrections.isEmpty)
  }

  @Test func restrictionsHoldForPartialMatchesToo() async throws {
    let query = Query.all([
      .word("budget", field: nil), .word("report", field: nil),
      .not(.word("plan", field: nil)),
    ])
    let answer = try await search.search(SearchRequest(query: query))
    #expect(names(answer) == ["budget report"])
    #expect(answer.partialStart == nil)
  }

  @Test func queriesWithOperatorsAreAnsweredAsTheyStand() async throws {
    for query in [
      Query.phrase("budget report", field: nil), .prefix("phtoo", field: nil), .nothing,
      .any([.words("phtoo"), .words("plna")]), .word("phtoo", field: .name),
    ] {
      let answer = try await search.search(SearchRequest(query: query))
      #expect(answer.partialStart == nil && answer.corrections.isEmpty)
    }
  }

  @Test func proseIsRankedByResemblance() async throws {
    let answer = try await search.search(
      SearchRequest(query: .words("the budget and report photo"), limit: 3))
    #expect(answer.partialStart == 0)
    #expect(Set(names(answer).prefix(2)) == ["budget report", "budget report plan"])
  }
}
