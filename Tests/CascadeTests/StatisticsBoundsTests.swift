import Cascade
import SearchModel
import Testing

/// What is believed of statistics.
@Suite struct StatisticsBoundsTests {
  private static let one = StatisticsBounds(
    highestDocumentCount: CascadeLimits().highestDocumentCount)

  /// The largest that one virtual server may claim.
  private static var largest: CollectionStatistics {
    let count = CascadeLimits().highestDocumentCount
    return CollectionStatistics(
      documentCount: count, totalLength: count << 20,
      documentFrequencies: ["a": count * 100_000, "b": 0])
  }

  @Test func whatPassesForOnePassesInTheSumOfAHundredThousand() {
    #expect(Self.one.problem(of: Self.largest) == nil)
    var sum = CollectionStatistics()
    for _ in 0..<100_000 { sum.add(Self.largest) }
    #expect(StatisticsBounds.sum.problem(of: sum) == nil)
    #expect(Self.one.problem(of: sum) != nil)
    #expect(StatisticsBounds.sum.problem(of: CollectionStatistics()) == nil)
  }

  @Test(arguments: [Int.min, -1, .max])
  func whatCannotBeIsNotBelieved(number: Int) {
    for bounds in [Self.one, .sum] {
      var statistics = CollectionStatistics(documentCount: number)
      #expect(bounds.problem(of: statistics) != nil)
      statistics = CollectionStatistics(documentCount: 10, totalLength: number)
      #expect(bounds.problem(of: statistics) != nil)
      statistics = CollectionStatistics(
        documentCount: 10, totalLength: 10, documentFrequencies: ["a": 1, "b": number])
      #expect(bounds.problem(of: statistics) != nil)
    }
    let many = (0...100_000).map { ("\($0)", 0) }
    let statistics = CollectionStatistics(
      documentFrequencies: Dictionary(uniqueKeysWithValues: many))
    #expect(Self.one.problem(of: statistics) != nil)
  }
}
