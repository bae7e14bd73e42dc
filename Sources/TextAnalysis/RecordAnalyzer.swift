import SearchModel

/// Turns records into the terms that an index holds. One analyzer is used for many records, one
/// after the other, and reuses its scratch space.
///
/// The packed form, which engines hand on without looking at each term, is for each distinct term,
/// in the order of first occurrence:
///
///     u8   number of bytes of the term, 1 to ``TermLimits/maximumByteCount``
///     …    the term's UTF-8 bytes
///     u8   the raw value of its ``FieldOccurrences``, 1 to 127
///     u16  number of positions, little-endian
///     u32  each position, little-endian, ascending, from 0
///
/// Only terms that occur in the text have positions; positions count the text's tokens.
public struct RecordAnalyzer {
  public init() {}

  /// Appends the packed terms of a record.
  public mutating func append(_ record: Record, to buffer: inout [UInt8]) -> AnalyzedSize {
    AnalyzedSize(termCount: 0, length: 0)
  }

  /// The same terms as values.
  public func analyze(_ record: Record) -> AnalyzedRecord {
    AnalyzedRecord(terms: [:], textPositions: [:], length: 0)
  }
}

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

public enum TermLimits {
  /// The most UTF-8 bytes of a term; longer words are cut on a character's border.
  public static let maximumByteCount = 64
}
