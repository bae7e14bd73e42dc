public import SearchModel

/// What statistics may claim, of one virtual server or summed up over many. Whoever weighs by a
/// stranger's statistics judges them first: numbers that no collection has make weights that are no
/// numbers.
public struct StatisticsBounds: Hashable, Sendable {
  /// The most records that are believed.
  public let highestDocumentCount: Int

  /// The longest record that is believed, in the units of the index.
  private static let longestRecord = 1 << 20

  /// The most terms of one record that a single leaf of a query may stand for.
  private static let termsOfLeaf = 100_000

  /// The most leaves that a query may have statistics of.
  private static let leafCount = 100_000

  public init(highestDocumentCount: Int) {
    self.highestDocumentCount = highestDocumentCount
  }

  /// Of as many virtual servers together as a network may have: whatever passes for one of them,
  /// their sum passes here.
  public static let sum = StatisticsBounds(
    highestDocumentCount: saturatingProduct(CascadeLimits().highestDocumentCount, 100_000))

  /// - Returns: what is wrong, in words that follow "It claims"; nil for statistics that may be true.
  public func problem(of statistics: CollectionStatistics) -> String? {
    let count = statistics.documentCount
    guard (0...highestDocumentCount).contains(count) else { return "to have \(count) records" }
    let longest = Self.saturatingProduct(count, Self.longestRecord)
    guard (0...longest).contains(statistics.totalLength) else {
      return "a total length of \(statistics.totalLength)"
    }
    guard statistics.documentFrequencies.count <= Self.leafCount else {
      return "statistics of \(statistics.documentFrequencies.count) terms"
    }
    let highest = Self.saturatingProduct(count, Self.termsOfLeaf)
    for (leaf, frequency) in statistics.documentFrequencies
    where !(0...highest).contains(frequency) {
      return "that \(frequency) of its records hold \(leaf)"
    }
    return nil
  }

  /// Of numbers that are not negative.
  private static func saturatingProduct(_ left: Int, _ right: Int) -> Int {
    let (product, overflows) = left.multipliedReportingOverflow(by: right)
    return overflows ? .max : product
  }
}
