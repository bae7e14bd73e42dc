import Foundation
import RelevanceEvaluation
import SearchModel
import Testing

/// Values worked out by hand from the definitions.
@Suite struct MeasuresTests {
  @Test func rankingWithGradesInAnImperfectOrder() {
    let grades = [key("a"): 3, key("b"): 2, key("c"): 1, key("d"): 0, key("e"): -2]
    let ranking = ["d", "b", "x", "a", "e"].map(key)
    let scores = Scores(of: ranking, judgedBy: grades)
    let gain = 2 / log2(3.0) + 3 / log2(5.0)
    let best = 3 / log2(2.0) + 2 / log2(3.0) + 1 / log2(4.0)
    #expect(abs(scores.ndcgAt10 - gain / best) < 1e-12)
    #expect(abs(scores.averagePrecision - (1.0 / 2 + 2.0 / 4) / 3) < 1e-12)
    #expect(scores.reciprocalRank == 0.5)
    #expect(abs(scores.recallAt100 - 2.0 / 3) < 1e-12)
  }

  @Test func perfectRankingIsWorthOne() {
    let scores = Scores(
      of: ["a", "b"].map(key), judgedBy: [key("a"): 2, key("b"): 1])
    #expect(
      scores == Scores(ndcgAt10: 1, averagePrecision: 1, reciprocalRank: 1, recallAt100: 1))
  }

  @Test func nothingFoundAndNothingToFindAreWorthZero() {
    #expect(Scores(of: [], judgedBy: [key("a"): 1]) == .zero)
    #expect(Scores(of: [key("a")], judgedBy: [:]) == .zero)
    #expect(Scores(of: [key("a")], judgedBy: [key("a"): 0, key("b"): -1]) == .zero)
  }

  @Test func depthsAreTenAndAHundred() {
    let fillers = (0..<200).map { key("filler\($0)") }
    func scores(at rank: Int) -> Scores {
      var ranking = fillers
      ranking.insert(key("a"), at: rank - 1)
      return Scores(of: ranking, judgedBy: [key("a"): 1])
    }
    #expect(scores(at: 10).ndcgAt10 == 1 / log2(11.0))
    #expect(scores(at: 11).ndcgAt10 == 0)
    #expect(scores(at: 100).recallAt100 == 1)
    #expect(scores(at: 101).recallAt100 == 0)
    #expect(scores(at: 101).averagePrecision == 1.0 / 101)
    #expect(scores(at: 101).reciprocalRank == 1.0 / 101)
  }

  @Test func meanOfNothingIsZero() {
    #expect(Scores.mean(of: []) == .zero)
    #expect(Scores.mean(of: [Scores(ndcgAt10: 1), .zero]).ndcgAt10 == 0.5)
  }
}
