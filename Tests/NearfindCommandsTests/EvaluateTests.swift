import Foundation
import TestSupport
import Testing

@testable import NearfindCommands

/// `nearfind evaluate` on a collection small enough to know the answer.
@Suite struct EvaluateTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.write(
      """
      {"id": "a", "filename": "annual-report.pdf", "title": "Annual report"}
      {"id": "b", "filename": "sea.jpg", "title": "At the sea"}
      {"id": "c", "filename": "회의록.txt", "title": "정기 회의록"}

      """, to: "tiny/corpus.jsonl")
    try sandbox.write("q1\tannual report\nq2\t회의록\nq3\tsea\n", to: "tiny/queries.tsv")
    // The third query's judgment names a file that it cannot find.
    try sandbox.write("q1 0 a 1\nq2 0 c 1\nq3 0 a 1\n", to: "tiny/qrels.tsv")
  }

  @Test func theJSONDocumentAndTheRun() async throws {
    let outcome = try await sandbox.run(
      "evaluate", "tiny", "--json", "--run", "tiny.run", "--strict")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let document = try JSONDecoder().decode(
      EvaluationDocument.self, from: Data(outcome.output.utf8))
    #expect(document.version == 1)
    #expect(document.reports.count == 1)
    let run = try String(contentsOfFile: sandbox.path("tiny.run"), encoding: .utf8)
    let lines = run.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.map { $0.count } == [6, 6, 6])
    #expect(
      lines.map { Array($0.prefix(4)) } == [
        ["q1", "Q0", "a", "1"], ["q2", "Q0", "c", "1"], ["q3", "Q0", "b", "1"],
      ])
  }

  @Test func aFallBelowGoldenIsStatusThree() async throws {
    #expect(try await sandbox.run("evaluate", "tiny").status == 0)
    let update = try await sandbox.run("evaluate", "tiny", "--update-golden", "--strict")
    #expect(update.status == 0, "\(update.errors)")
    let golden = try String(contentsOfFile: sandbox.path("tiny/golden.tsv"), encoding: .utf8)
    let lines = golden.split(separator: "\n").map(String.init)
    #expect(lines.count == 5)
    #expect(lines[1].hasPrefix("all\t0.666667"))
    #expect(try await sandbox.run("evaluate", "tiny", "--strict").status == 0)

    // Somebody agreed to better scores than there are now.
    let better = lines.map { line in
      line.hasPrefix("all") ? line.replacingOccurrences(of: "0.666667", with: "0.766667") : line
    }
    try sandbox.write(better.joined(separator: "\n") + "\n", to: "tiny/golden.tsv")
    #expect(try await sandbox.run("evaluate", "tiny", "--strict").status == 3)
    #expect(try await sandbox.run("evaluate", "tiny", "--strict", "--json").status == 3)
  }
}
