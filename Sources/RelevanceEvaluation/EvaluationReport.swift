import Foundation

/// What a search is worth on one query set. Its JSON form is stable: a field is never renamed or
/// given another meaning without a new ``schemaVersion``, and readers skip fields they do not know.
public struct EvaluationReport: Hashable, Sendable, Codable {
  public static let currentSchemaVersion = 1

  public var schemaVersion = currentSchemaVersion

  /// The collection's name.
  public var collection: String

  /// The query set's name; empty for the plain one.
  public var querySet: String

  /// How many results of each query were looked at, at most.
  public var depth: Int

  /// The mean over all ``queries``: every judged query counts once, and one that found nothing
  /// counts as 0 (what `trec_eval -c` averages over).
  public var averages: Scores

  /// The judged queries, by id.
  public var queries: [QueryScores]

  /// What the reader should know about the data: judged queries without a text, queries without
  /// judgments, judged records that the corpus lacks.
  public var notes: [String]

  /// Nil when there was no golden file to compare with.
  public var comparison: GoldenComparison?

  public init(
    collection: String, querySet: String, depth: Int, averages: Scores,
    queries: [QueryScores], notes: [String] = [], comparison: GoldenComparison? = nil
  ) {
    self.collection = collection
    self.querySet = querySet
    self.depth = depth
    self.averages = averages
    self.queries = queries
    self.notes = notes
    self.comparison = comparison
  }

  /// False only when a golden file was there and an average fell too far below it.
  public var passes: Bool { comparison?.passes ?? true }

  /// The report as JSON with sorted keys and a line feed at its end: the same report gives the
  /// same bytes.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}

/// What a search is worth on one query.
public struct QueryScores: Hashable, Sendable, Codable {
  /// The query's id.
  public var query: String

  /// Empty for a judged query that the query file lacks.
  public var text: String

  public var scores: Scores

  /// How many results were looked at; at most the report's depth.
  public var resultCount: Int

  public init(query: String, text: String, scores: Scores, resultCount: Int) {
    self.query = query
    self.text = text
    self.scores = scores
    self.resultCount = resultCount
  }
}
