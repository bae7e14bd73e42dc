import SearchModel

/// What ``RecordAnalyzer/append(_:to:)`` appended.
public struct AnalyzedSize: Hashable, Sendable {
  /// The number of distinct terms.
  public var termCount: Int
  /// The record's length: the sum of the raw occurrences over its terms.
  public var length: Int
}

/// The terms of a record.
public struct AnalyzedRecord: Hashable, Sendable {
  /// Where each term occurs.
  public var terms: [String: FieldOccurrences]
  /// The positions, ascending, of each term that occurs in the text.
  public var textPositions: [String: [Int]]
  /// The sum of the raw occurrences.
  public var length: Int
}
