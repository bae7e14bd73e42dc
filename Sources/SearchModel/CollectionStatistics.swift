/// What a scorer must know of a collection to weigh a query's matches: handed to the engine with
/// the search, never reached for. Statistics of several engines add up, which is what makes one
/// ranking of many indexes (tantivy's `Bm25StatisticsProvider` shows the idea for one process).
public struct CollectionStatistics: Hashable, Sendable, Codable {
  /// The number of records.
  public var documentCount: Int

  /// The sum of all record lengths, in the units of the index (see `FieldOccurrences`).
  public var totalLength: Int

  /// For each weighted leaf of the query the number of records that it matches; for a leaf that
  /// stands for many terms (a prefix) the sum over those terms, which may count a record twice.
  ///
  /// The keys are the leaf descriptions that text analysis makes; a leaf without an entry matched
  /// nothing.
  public var documentFrequencies: [String: Int]

  public init(
    documentCount: Int = 0, totalLength: Int = 0, documentFrequencies: [String: Int] = [:]
  ) {
    self.documentCount = documentCount
    self.totalLength = totalLength
    self.documentFrequencies = documentFrequencies
  }

  /// The mean record length; 1 for an empty collection, so that nothing divides by zero.
  public var averageLength: Double {
    documentCount > 0 && totalLength > 0 ? Double(totalLength) / Double(documentCount) : 1
  }

  /// Adds the statistics of a disjoint collection. A sum that is too large for its number is the
  /// largest there is: what many strangers claim together must stop nobody.
  public mutating func add(_ other: CollectionStatistics) {
    documentCount = documentCount.saturatingSum(other.documentCount)
    totalLength = totalLength.saturatingSum(other.totalLength)
    documentFrequencies.merge(other.documentFrequencies) { $0.saturatingSum($1) }
  }
}

extension Int {
  /// The sum, or the number nearest to it.
  fileprivate func saturatingSum(_ other: Int) -> Int {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? (other < 0 ? .min : .max) : sum
  }
}
