/// How scores moved against the golden ones.
public struct GoldenComparison: Hashable, Sendable, Codable {
  /// By how much an average may fall below its golden value.
  public static let tolerance = 0.005

  /// Differences below this are the rounding of the golden file's six decimals.
  private static let rounding = 1e-6

  /// A query whose scores are not what they were.
  public struct Move: Hashable, Sendable, Codable {
    public var query: String
    public var text: String
    public var golden: Scores
    public var current: Scores

    /// The change of nDCG@10; positive is better.
    public var change: Double { current.ndcgAt10 - golden.ndcgAt10 }
  }

  public var goldenAverages: Scores

  /// The measures whose average fell by more than ``tolerance``.
  public var fallen: [Measure]

  /// The queries with any score that changed, by the size of the change of nDCG@10, the largest
  /// first, then by id.
  public var moved: [Move]

  /// Queries that the golden file lacks, by id.
  public var added: [String]

  /// Queries of the golden file that are no longer there, by id.
  public var removed: [String]

  public var passes: Bool { fallen.isEmpty }

  public init(of report: EvaluationReport, with golden: GoldenScores) {
    goldenAverages = golden.averages
    fallen = Measure.allCases.filter {
      golden.averages[$0] - report.averages[$0] > Self.tolerance + Self.rounding
    }
    var remaining = golden.queries
    moved = []
    added = []
    for query in report.queries {
      guard let before = remaining.removeValue(forKey: query.query) else {
        added.append(query.query)
        continue
      }
      if Measure.allCases.contains(where: {
        abs(query.scores[$0] - before[$0]) > Self.rounding
      }) {
        moved.append(
          Move(
            query: query.query, text: query.text, golden: before,
            current: query.scores))
      }
    }
    removed = remaining.keys.sorted()
    moved.sort { left, right in
      let (leftSize, rightSize) = (abs(left.change), abs(right.change))
      return leftSize == rightSize
        ? left.query.utf8.lexicographicallyPrecedes(right.query.utf8) : leftSize > rightSize
    }
  }
}
