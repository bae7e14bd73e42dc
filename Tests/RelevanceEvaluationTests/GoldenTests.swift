import Foundation
import RelevanceEvaluation
import SearchModel
import Testing

@Suite struct GoldenTests {
  private func report(_ values: [String: Double]) -> EvaluationReport {
    let queries = values.sorted { $0.key < $1.key }.map {
      QueryScores(
        query: $0.key, text: "text of \($0.key)",
        scores: Scores(
          ndcgAt10: $0.value, averagePrecision: 0.5, reciprocalRank: 0.5,
          recallAt100: 1), resultCount: 1)
    }
    return EvaluationReport(
      collection: "c", querySet: "s", depth: 1000,
      averages: Scores.mean(of: queries.map(\.scores)), queries: queries)
  }

  @Test func fileRoundTrips() throws {
    let folder = try TemporaryFolder()
    let golden = GoldenScores(of: report(["b": 1.0 / 3, "a": 1, "all": 0.25]))
    try golden.write(path: folder.path("golden.tsv"))
    let read = try GoldenScores(path: folder.path("golden.tsv"))
    #expect(read.text == golden.text)
    #expect(read.queries["b"]?.ndcgAt10 == 0.333333)
    #expect(
      golden.text.hasPrefix("query\tndcg_cut_10\tmap\trecip_rank\trecall_100\nall\t0.527778"))
  }

  @Test func unchangedScoresMoveNothing() throws {
    let report = report(["a": 1.0 / 3, "b": 2.0 / 3])
    let folder = try TemporaryFolder()
    try GoldenScores(of: report).write(path: folder.path("golden.tsv"))
    let comparison = GoldenComparison(
      of: report, with: try GoldenScores(path: folder.path("golden.tsv")))
    #expect(comparison.moved.isEmpty && comparison.added.isEmpty && comparison.removed.isEmpty)
    #expect(comparison.passes)
  }

  @Test func movedQueriesAreNamedLargestFirst() {
    let golden = GoldenScores(of: report(["a": 0.5, "b": 0.5, "c": 0.5, "gone": 0.5]))
    var report = report(["a": 0.6, "b": 0.1, "c": 0.5, "new": 1])
    let comparison = GoldenComparison(of: report, with: golden)
    #expect(comparison.moved.map(\.query) == ["b", "a"])
    #expect(abs(comparison.moved[0].change + 0.4) < 1e-12)
    #expect(comparison.added == ["new"])
    #expect(comparison.removed == ["gone"])
    report.comparison = comparison
    let text = report.text(movedLimit: 1)
    #expect(text.contains("-0.4000  0.5000 → 0.1000  b  text of b"))
    #expect(text.contains("and 1 more"))
    #expect(text.contains("nDCG@10"))
  }

  @Test(arguments: [(0.5, true), (0.4951, true), (0.495, true), (0.4949, false), (0, false)])
  func fallsBeyondTheToleranceFail(value: Double, passes: Bool) {
    var report = report(["a": value])
    let comparison = GoldenComparison(
      of: report, with: GoldenScores(of: self.report(["a": 0.5])))
    #expect(comparison.passes == passes)
    #expect(comparison.fallen == (passes ? [] : [.ndcgAt10]))
    report.comparison = comparison
    #expect(report.passes == passes)
    #expect(report.text().contains("FAILED") == !passes)
  }

  @Test func controlCharactersNeverReachTheTerminal() {
    var report = report(["a": 0])
    report.queries[0].text = "red \u{1B}[31m\u{202E}\n"
    report.comparison = GoldenComparison(
      of: report, with: GoldenScores(of: self.report(["a": 1])))
    let text = report.text()
    #expect(!text.contains("\u{1B}") && !text.unicodeScalars.contains("\u{202E}"))
  }

  @Test(arguments: [
    ("", 1), ("query\tmap\n", 1),
    ("query\tndcg_cut_10\tmap\trecip_rank\trecall_100\nq\t0\t0\t0\t0\n", 2),
    ("query\tndcg_cut_10\tmap\trecip_rank\trecall_100\nall\t0\t0\t0\t0\nq\t0\t0\t2\t0\n", 3),
    ("query\tndcg_cut_10\tmap\trecip_rank\trecall_100\nall\t0\t0\t0\t0\nq\t0\t0\n", 3),
  ])
  func malformedGoldenFiles(content: String, line: Int) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(content, to: "golden.tsv")
    let error = try #require(throws: EvaluationError.self) { try GoldenScores(path: path) }
    guard case .malformedLine(path, line, _, _) = error else {
      Issue.record("\(error)")
      return
    }
  }
}
