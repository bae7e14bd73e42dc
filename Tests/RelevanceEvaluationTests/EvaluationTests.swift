import Foundation
import RelevanceEvaluation
import SearchModel
import Testing

@Suite struct EvaluationTests {
  private let folder: TemporaryFolder
  private let evaluation: Evaluation

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("{\"id\":\"a\"}\n{\"id\":\"b\"}\n", to: "corpus.jsonl")
    try folder.write("q2\ttwo\nq1\tone\nextra\tnobody judged\n", to: "queries.tsv")
    try folder.write("q1 0 a 1\nq2 0 b 1\nq2 0 gone 1\norphan 0 a 1\n", to: "qrels.tsv")
    let collection = try CollectionFolder(path: folder.url.path)
    evaluation = try Evaluation(collection: "small", querySet: collection.querySets[0])
  }

  @Test func averagesCountEveryJudgedQuery() async throws {
    var asked: [String] = []
    var written: [String] = []
    var corpus = IdentifierSet()
    let areNew = ["a", "b", "a"].map { corpus.insert($0) }
    #expect(areNew == [true, true, false])
    let report = try await evaluation.run(
      corpus: corpus,
      willScore: { query, ranking in written.append("\(query.id) \(ranking.count)") },
      search: { text in
        asked.append(text)
        return text == "one" ? [(key("b"), 2), (key("a"), 1)] : []
      })
    #expect(asked == ["two", "one"])
    #expect(written == ["q2 0", "q1 2"])
    #expect(report.queries.map(\.query) == ["orphan", "q1", "q2"])
    #expect(report.queries.map(\.resultCount) == [0, 2, 0])
    #expect(report.averages.reciprocalRank == 0.5 / 3)
    #expect(report.notes.count == 3)
    #expect(report.notes.contains { $0.contains("\"gone\"") })
    #expect(report.passes)
  }

  @Test func badSearchesAreRefused() async throws {
    await #expect(throws: EvaluationError.repeatedResult(query: "q2", record: "a")) {
      try await evaluation.run { _ in [(key("a"), 1), (key("a"), 1)] }
    }
    await #expect(throws: EvaluationError.invalidWeight(query: "q2", record: "a")) {
      try await evaluation.run { _ in [(key("a"), .nan)] }
    }
    await #expect(throws: CancellationError.self) {
      try await evaluation.run { _ in throw CancellationError() }
    }
  }

  @Test func whatIsBehindTheDepthIsNotSeen() async throws {
    let shallow = try Evaluation(collection: "small", querySet: evaluation.querySet, depth: 100)
    let report = try await shallow.run { _ in
      (0..<100).map { (key("filler\($0)"), 1) } + [(key("a"), 1), (key("b"), 1)]
    }
    #expect(report.averages == .zero)
    #expect(report.queries.map(\.resultCount) == [0, 100, 100])
  }

  @Test func jsonIsStableAndRoundTrips() async throws {
    var report = try await evaluation.run { _ in [(key("a"), 1)] }
    report.comparison = GoldenComparison(
      of: report, with: GoldenScores(averages: .zero, queries: ["q1": .zero, "old": .zero]))
    let json = try report.json()
    #expect(try report.json() == json)
    #expect(
      try JSONDecoder().decode(EvaluationReport.self, from: Data(json.utf8)) == report)
    for field in ["\"schemaVersion\" : 1", "\"ndcg_cut_10\"", "\"recall_100\"", "\"moved\""] {
      #expect(json.contains(field))
    }
  }
}

@Suite struct RunWriterTests {
  @Test func columnsAndStrictlyFallingScores() throws {
    let lines = try RunWriter(tag: "my run").lines(
      query: "q", ranking: [(key("a"), 2), (key("b"), 2), (key("c"), 0.5), (key("d"), 0.75)])
    let columns = lines.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(
      columns.map { "\($0[0]) \($0[1]) \($0[2]) \($0[3]) \($0[5])" } == [
        "q Q0 a 1 my_run", "q Q0 b 2 my_run", "q Q0 c 3 my_run", "q Q0 d 4 my_run",
      ])
    let scores = columns.compactMap { Float($0[4]) }
    #expect(scores.count == 4 && zip(scores, scores.dropFirst()).allSatisfy { $0 > $1 })
    #expect(scores[0] == 2 && scores[2] == 0.5)
  }

  @Test func whatARunFileCannotCarryIsRefused() throws {
    let writer = RunWriter()
    #expect(try writer.lines(query: "q", ranking: []).isEmpty)
    #expect(throws: EvaluationError.unwritableIdentifier("a b")) {
      try writer.lines(query: "q", ranking: [(key("a b"), 1)])
    }
    #expect(throws: EvaluationError.invalidWeight(query: "q", record: "a")) {
      try writer.lines(query: "q", ranking: [(key("a"), .infinity)])
    }
  }
}
