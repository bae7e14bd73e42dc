import Foundation
import SearchModel

/// What is measured of a ranking, under the names that `trec_eval` gives it.
public enum Measure: String, Hashable, Sendable, Codable, CaseIterable {
  case ndcgAt10 = "ndcg_cut_10"
  case averagePrecision = "map"
  case reciprocalRank = "recip_rank"
  case recallAt100 = "recall_100"
}

/// A value between 0 and 1 for each ``Measure``; higher is better.
public struct Scores: Hashable, Sendable {
  public var ndcgAt10: Double
  public var averagePrecision: Double
  public var reciprocalRank: Double
  public var recallAt100: Double

  public init(
    ndcgAt10: Double = 0, averagePrecision: Double = 0, reciprocalRank: Double = 0,
    recallAt100: Double = 0
  ) {
    self.ndcgAt10 = ndcgAt10
    self.averagePrecision = averagePrecision
    self.reciprocalRank = reciprocalRank
    self.recallAt100 = recallAt100
  }

  /// What nothing found, or nothing relevant to find, is worth.
  public static let zero = Scores()

  public subscript(measure: Measure) -> Double {
    get {
      switch measure {
      case .ndcgAt10: ndcgAt10
      case .averagePrecision: averagePrecision
      case .reciprocalRank: reciprocalRank
      case .recallAt100: recallAt100
      }
    }
    set {
      switch measure {
      case .ndcgAt10: ndcgAt10 = newValue
      case .averagePrecision: averagePrecision = newValue
      case .reciprocalRank: reciprocalRank = newValue
      case .recallAt100: recallAt100 = newValue
      }
    }
  }

  /// The mean of each measure; ``zero`` of nothing.
  public static func mean(of scores: some Collection<Scores>) -> Scores {
    guard !scores.isEmpty else { return .zero }
    var mean = Scores()
    for measure in Measure.allCases {
      mean[measure] = scores.reduce(0) { $0 + $1[measure] } / Double(scores.count)
    }
    return mean
  }
}

extension Scores: Codable {
  private enum CodingKeys: String, CodingKey {
    case ndcgAt10 = "ndcg_cut_10"
    case averagePrecision = "map"
    case reciprocalRank = "recip_rank"
    case recallAt100 = "recall_100"
  }
}

extension Scores {
  /// Scores one ranking as `trec_eval` does.
  ///
  /// A record is relevant when its grade is 1 or more. Grade 0, a negative grade and no grade at
  /// all are the same: not relevant and without gain. nDCG takes the grade itself as gain:
  /// `grade / log2(rank + 1)`, summed over the first ten and divided by the same sum over the best possible ten.
  /// Average precision and reciprocal rank see the whole ranking as given, so a caller decides by
  /// its length how deep they look.
  ///
  /// - Parameters:
  ///   - ranking: best first, no record twice.
  ///   - grades: the judgments of this query.
  /// - Returns: ``zero`` when the ranking is empty or no grade is positive.
  public init(of ranking: [RecordKey], judgedBy grades: [RecordKey: Int]) {
    self.init()
    let relevantGrades = grades.values.filter { $0 > 0 }
    guard !relevantGrades.isEmpty else { return }
    let relevantCount = Double(relevantGrades.count)

    var discountedGain = 0.0
    var found = 0
    var precisionSum = 0.0
    for (index, record) in ranking.enumerated() {
      guard let grade = grades[record], grade > 0 else { continue }
      found += 1
      precisionSum += Double(found) / Double(index + 1)
      if found == 1 { reciprocalRank = 1 / Double(index + 1) }
      if index < 10 { discountedGain += Self.discounted(grade, at: index) }
      if index < 100 { recallAt100 = Double(found) / relevantCount }
    }
    averagePrecision = precisionSum / relevantCount

    let bestGain = relevantGrades.sorted(by: >).prefix(10).enumerated()
      .reduce(0) { $0 + Self.discounted($1.element, at: $1.offset) }
    ndcgAt10 = discountedGain / bestGain
  }

  private static func discounted(_ grade: Int, at index: Int) -> Double {
    Double(grade) / log2(Double(index + 2))
  }
}
