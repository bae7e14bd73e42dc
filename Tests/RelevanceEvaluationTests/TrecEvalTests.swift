import Foundation
import RelevanceEvaluation
import SearchModel
import TestSupport
import Testing

/// Our numbers against those of trec_eval itself, through its Python binding.
///
/// `make test` installs the binding into `.build/venv`; without it these tests fail.
@Suite struct TrecEvalTests {
  private static let program = """
    import json, sys
    import pytrec_eval
    judgments, run = json.load(sys.stdin)
    measures = {"ndcg_cut.10", "map", "recip_rank", "recall.100"}
    evaluator = pytrec_eval.RelevanceEvaluator(judgments, measures)
    json.dump(evaluator.evaluate(run), sys.stdout)
    """

  private typealias Judged = [String: [String: Int]]
  private typealias Scored = [String: [String: Double]]

  private struct Input: Encodable {
    var judgments: Judged
    var run: Scored

    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      try container.encode(judgments)
      try container.encode(run)
    }
  }

  private static func reference(_ judgments: Judged, _ run: Scored) async throws -> [String: Scores]
  {
    let python = packageFolder.appendingPathComponent(".build/venv/bin/python").path
    let input = try JSONEncoder().encode(Input(judgments: judgments, run: run))
    let data = try await output(of: python, ["-c", program], input: input)
    return try JSONDecoder().decode([String: Scores].self, from: data)
  }

  private static func grades(_ judgments: [String: Int]) -> [RecordKey: Int] {
    Dictionary(uniqueKeysWithValues: judgments.map { (key($0.key), $0.value) })
  }

  private static func expectEqual(
    _ ours: Scores, _ theirs: Scores?, _ comment: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for measure in Measure.allCases {
      let expected = theirs?[measure] ?? .nan
      #expect(
        abs(ours[measure] - expected) < 1e-6,
        "\(comment): \(measure) is \(ours[measure]), trec_eval says \(expected)",
        sourceLocation: sourceLocation)
    }
  }

  /// Grades from -2 to 4, some queries without any relevant record, a run with many ties.
  private static func randomCase(
    _ generator: inout SeededGenerator
  ) -> (judgments: [String: Int], run: [String: Double]) {
    let poolSize = Int.random(in: 1...300, using: &generator)
    let highest = Int.random(in: 0...4, using: &generator)
    let levels = [1, 3, 20, 100_000].randomElement(using: &generator) ?? 1
    var judgments: [String: Int] = [:]
    var run: [String: Double] = [:]
    for number in 0..<poolSize {
      let record = "r\(number * 7 % 1000)\(["", "z", "-가"][number % 3])"
      if Bool.random(using: &generator) {
        judgments[record] = Int.random(in: -2...highest, using: &generator)
      }
      if Int.random(in: 0..<4, using: &generator) > 0 {
        run[record] = Double(Int.random(in: 0..<levels, using: &generator)) / 8
      }
    }
    if judgments.isEmpty { judgments["r0"] = 1 }
    if run.isEmpty { run["r0"] = 1 }
    return (judgments, run)
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func randomRunsWithTies(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    var judgments: Judged = [:]
    var run: Scored = [:]
    for number in 0..<120 {
      (judgments["q\(number)"], run["q\(number)"]) = Self.randomCase(&generator)
    }
    let theirs = try await Self.reference(judgments, run)
    for (query, judged) in judgments {
      let ranking = RunOrder.sorted((run[query] ?? [:]).map { (key($0.key), $0.value) })
      let ours = Scores(of: ranking, judgedBy: Self.grades(judged))
      Self.expectEqual(ours, theirs[query], "seed \(seed), query \(query)")
    }
  }

  /// What the run file says must be the order that the search gave, whatever its weights: equal,
  /// equal only as a `Float`, zero, negative, tiny, huge.
  @Test(arguments: [UInt64(11), 12, 13])
  func runFileKeepsTheOrderOfTheSearch(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let scales = [0, 1e-300, 1e-8, 1e-3, 1, 17, 1e30, 1e300]
    var judgments: Judged = [:]
    var run: Scored = [:]
    var ours: [String: Scores] = [:]
    for number in 0..<80 {
      let query = "q\(number)"
      let (judged, scored) = Self.randomCase(&generator)
      let scale = scales[number % scales.count]
      let weights = scored.mapValues { scale * (1 + $0 * 1e-9) }
        .sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
      let ranking = weights.map { (key($0.key), $0.value) }
      ours[query] = Scores(of: ranking.map(\.0), judgedBy: Self.grades(judged))
      judgments[query] = judged
      let lines = try RunWriter().lines(query: query, ranking: ranking)
      run[query] = Self.scores(in: lines)
    }
    let theirs = try await Self.reference(judgments, run)
    for (query, scores) in ours {
      Self.expectEqual(scores, theirs[query], "seed \(seed), query \(query)")
    }
  }

  private static func scores(in lines: String) -> [String: Double] {
    var scores: [String: Double] = [:]
    for line in lines.split(separator: "\n") {
      let columns = line.split(separator: " ")
      scores[String(columns[2])] = Double(columns[4])
    }
    return scores
  }

  @Test func edges() async throws {
    let judgments: Judged = [
      "onlyNegative": ["a": -1, "b": -2], "onlyZero": ["a": 0],
      "oneTie": ["a": 1, "b": 0], "lateTie": ["b": 1, "a": 0],
      "highGrade": ["a": 100, "b": 1],
    ]
    let run: Scored = judgments.mapValues { $0.mapValues { _ in 0.0 } }
    let theirs = try await Self.reference(judgments, run)
    for (query, judged) in judgments {
      let ranking = RunOrder.sorted(judged.keys.map { (key($0), 0.0) })
      #expect(ranking == judged.keys.sorted(by: >).map(key))
      Self.expectEqual(
        Scores(of: ranking, judgedBy: Self.grades(judged)), theirs[query], query)
    }
  }
}
