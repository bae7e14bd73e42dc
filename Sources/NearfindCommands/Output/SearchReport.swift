import Node
import SearchModel

/// All that is said about one search, by people's and programs' output alike.
struct SearchReport: Hashable, Sendable {
  /// The query as typed.
  var text: String
  var query: Query
  var offset: Int
  /// How many hits were asked for.
  var limit: Int
  var relaxed: RelaxedAnswer
  /// For words that match nothing: what they might have meant, nearest first.
  var spellings: [String: [String]] = [:]
  /// What was searched; nil for the machine's own index without a daemon.
  var coverage: SearchCoverage?

  /// What is marked in the hits.
  var marks: Query { relaxed.marks(of: query) }

  var foundSomething: Bool {
    !relaxed.answer.hits.isEmpty || relaxed.answer.matchCount.lowerBound > 0
  }
}

extension LocalSearchAnswer {
  /// Whether a person is shown this before the last answer comes. Without a hit it would say that
  /// nothing was found while the search goes on.
  var isWorthShowing: Bool { !isLast && !answer.answer.hits.isEmpty }
}

extension SearchReport {
  /// What the daemon answered.
  init(_ text: String, _ request: SearchRequest, _ found: LocalSearchAnswer) {
    self.init(
      text: text, query: request.query, offset: request.offset, limit: request.limit,
      relaxed: found.answer, spellings: found.spellings, coverage: found.coverage)
  }
}
