import SearchModel

/// Puts the queries of one set to a search and scores what comes back.
///
/// ```swift
/// let evaluation = try Evaluation(collection: folder.name, querySet: folder.querySets[0])
/// let report = try await evaluation.run { text in try await engine.ranking(of: text) }
/// ```
public struct Evaluation: Sendable {
  /// As deep as TREC looks.
  public static let defaultDepth = 1000

  public let collection: String
  public let querySet: QuerySet
  public let queries: [EvaluationQuery]
  public let judgments: Judgments

  /// How many results of each query are looked at, at most: what is behind counts as not found.
  public let depth: Int

  /// Reads the queries and judgments.
  ///
  /// - Parameter depth: at least 100, or recall@100 would be of something else.
  /// - Throws: ``EvaluationError``, with file and line where there is one.
  public init(collection: String, querySet: QuerySet, depth: Int = defaultDepth) throws {
    precondition(depth >= 100, "recall@100 needs 100 results")
    self.collection = collection
    self.querySet = querySet
    self.queries = try EvaluationQuery.read(path: querySet.queriesPath)
    self.judgments = try Judgments(path: querySet.judgmentsPath)
    self.depth = depth
  }

  /// Searches once for each judged query, in the order of the query file.
  ///
  /// - Parameters:
  ///   - corpus: the ids of the corpus, to note judged records that it lacks; nil to not look.
  ///   - willScore: called with each judged query and its ranking cut to ``depth``, for example
  ///     to write a run file.
  ///   - search: gives the ranking of a query's text, best first, with weights that are finite
  ///     and no record twice. What it throws ends the evaluation.
  /// - Throws: ``EvaluationError/repeatedResult(query:record:)``, `invalidWeight`, and whatever
  ///   `search` and `willScore` throw.
  public func run(
    corpus: IdentifierSet? = nil,
    willScore: (EvaluationQuery, [(RecordKey, Double)]) throws -> Void = { _, _ in },
    search: (String) async throws -> [(RecordKey, Double)]
  ) async throws -> EvaluationReport {
    var scored: [QueryScores] = []
    var searched: Set<String> = []
    for query in queries {
      guard let grades = judgments.grades[query.id] else { continue }
      let ranking = Array(try await search(query.text).prefix(depth))
      try Self.check(ranking, of: query)
      try willScore(query, ranking)
      searched.insert(query.id)
      scored.append(
        QueryScores(
          query: query.id, text: query.text,
          scores: Scores(of: ranking.map(\.0), judgedBy: grades),
          resultCount: ranking.count))
    }
    let unasked = judgments.grades.keys.filter { !searched.contains($0) }
    scored += unasked.map {
      QueryScores(query: $0, text: "", scores: .zero, resultCount: 0)
    }
    scored.sort { $0.query.utf8.lexicographicallyPrecedes($1.query.utf8) }
    return EvaluationReport(
      collection: collection, querySet: querySet.name, depth: depth,
      averages: Scores.mean(of: scored.map(\.scores)), queries: scored,
      notes: notes(unaskedCount: unasked.count, corpus: corpus))
  }

  private static func check(_ ranking: [(RecordKey, Double)], of query: EvaluationQuery) throws {
    var seen: Set<RecordKey> = []
    for (record, weight) in ranking {
      guard weight.isFinite else {
        throw EvaluationError.invalidWeight(query: query.id, record: record.value)
      }
      guard seen.insert(record).inserted else {
        throw EvaluationError.repeatedResult(query: query.id, record: record.value)
      }
    }
  }

  private func notes(unaskedCount: Int, corpus: IdentifierSet?) -> [String] {
    var notes: [String] = []
    if unaskedCount > 0 {
      notes.append("\(unaskedCount) judged queries have no text and count as 0.")
    }
    let unjudged = queries.count { judgments.grades[$0.id] == nil }
    if unjudged > 0 {
      notes.append("\(unjudged) queries have no judgments and were left out.")
    }
    guard let corpus else { return notes }
    let judged = Set(judgments.grades.values.flatMap(\.keys))
    let unknown = judged.filter { !corpus.contains($0.value) }.sorted()
    if let first = unknown.first {
      notes.append(
        "\(unknown.count) judged records are not in the corpus and cannot be found, "
          + "the first is \(first.value.debugDescription).")
    }
    return notes
  }
}
