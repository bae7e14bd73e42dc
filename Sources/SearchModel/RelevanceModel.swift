import Foundation

/// How a match is weighed: BM25F (Robertson, Zaragoza and Taylor, "Simple BM25 extension to
/// multiple weighted fields", CIKM 2004). The occurrences of a term in the fields become one
/// weighted frequency, which saturates and is normalised by the record's length.
///
/// Both engines compute weights from this one value, so that an answer's weights depend on the
/// records and the statistics alone.
public struct RelevanceModel: Hashable, Sendable {
  /// The frequency that one occurrence in the field counts for.
  ///
  /// A word of a name or a title says more of a file than a word of its text; what the folder
  /// says is said of all its files.
  public var nameWeight = 1.5
  public var directoryWeight = 0.5
  public var titleWeight = 3.0
  public var keywordWeight = 1.0
  /// The frequency that each occurrence in the text counts for.
  public var textWeight = 1.0

  /// BM25's saturation. 2 suits frequencies of this size: a word in the name alone reaches
  /// nearly half of its greatest weight. Values from 1.8 to 2.2 rank alike.
  public var k1 = 2.0
  /// BM25's length normalisation, 0 for none to 1 for full. Nearly full, because a length counts
  /// repetitions in a text sub-linearly already (see `FieldOccurrences`).
  public var b = 0.9

  /// The shipped defaults.
  public static let standard = RelevanceModel()

  public init() {}

  /// Weights are multiples of 2^-36: sums of them are exact in a `Double` (up to 2^16), so that
  /// adding in another order gives the same bits.
  public static let weightGrid = 0x1p36

  public static func rounded(_ weight: Double) -> Double {
    (weight * weightGrid).rounded(.toNearestOrEven) / weightGrid
  }

  /// The weighted frequency of a term that occurs so; 0 for no occurrence.
  public func frequency(of occurrences: FieldOccurrences) -> Double {
    var frequency = Double(occurrences.textCount) * textWeight
    if occurrences.contains(.name) { frequency += nameWeight }
    if occurrences.contains(.directory) { frequency += directoryWeight }
    if occurrences.contains(.title) { frequency += titleWeight }
    if occurrences.contains(.keyword) { frequency += keywordWeight }
    return frequency
  }

  /// What a leaf is worth before saturation: inverse document frequency, never negative.
  ///
  /// - Parameters:
  ///   - documentFrequency: how many records the leaf matches; more than `documentCount` counts
  ///     as all of them, and less than none as none.
  ///   - factor: the query's own emphasis on this leaf.
  public func leafWeight(documentFrequency: Int, documentCount: Int, factor: Double) -> Double {
    let count = Double(max(documentCount, 1))
    let frequency = min(Double(max(documentFrequency, 0)), count)
    return factor * (k1 + 1) * log(1 + (count - frequency + 0.5) / (frequency + 0.5))
  }

  /// The part of BM25's denominator that depends on the record: `k1 · (1 − b + b · L / L̄)`.
  public func saturation(length: Int, averageLength: Double) -> Double {
    k1 * ((1 - b) + b * (Double(length) / averageLength))
  }

  /// What one leaf adds to a record's weight.
  public func contribution(
    leafWeight: Double, frequency: Double, length: Int, averageLength: Double
  ) -> Double {
    guard frequency > 0 else { return 0 }
    let saturation = saturation(length: length, averageLength: averageLength)
    return Self.rounded(leafWeight * (frequency / (frequency + saturation)))
  }
}
