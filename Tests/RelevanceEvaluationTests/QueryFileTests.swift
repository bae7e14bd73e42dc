import Foundation
import RelevanceEvaluation
import SearchModel
import Testing

@Suite struct QueryFileTests {
  private func line(of error: EvaluationError) -> Int? {
    switch error {
    case .malformedLine(_, let line, _, _), .duplicateIdentifier(_, let line, _): line
    default: nil
    }
  }

  @Test func queriesKeepTheirTextAndOrder() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "\u{FEFF}q2\tfind \"a b\"\tc\r\n\r\nq1\t예산안\n", to: "queries.tsv")
    #expect(
      try EvaluationQuery.read(path: path) == [
        EvaluationQuery(id: "q2", text: "find \"a b\"\tc"),
        EvaluationQuery(id: "q1", text: "예산안"),
      ])
  }

  @Test(arguments: ["no tab", "\ttext", "a b\ttext", "q2\t  ", "q1\tagain"])
  func badQueryLines(bad: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("q1\ttext\n\(bad)\n", to: "queries.tsv")
    let error = try #require(throws: EvaluationError.self) {
      try EvaluationQuery.read(path: path)
    }
    #expect(line(of: error) == 2, "\(error)")
  }

  @Test func judgmentsInBothForms() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "\u{FEFF}q1 0 a 2\r\nq1\tQ0\tmy file.txt\t-1\n\n  q2   0\tb 0  \n", to: "qrels.tsv")
    #expect(
      try Judgments(path: path).grades == [
        "q1": [key("a"): 2, key("my file.txt"): -1], "q2": [key("b"): 0],
      ])
  }

  @Test(arguments: [
    "q1 0 b", "q1 0 b 1 x", "q1 0 b high", "q1 0 b 1.5", "q1 0 a 2", "\t0\tb\t1", "q1\t0\t\t1",
    "q1 0 b 99999999999999999999",
  ])
  func badJudgmentLines(bad: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("q1 0 a 1\n\(bad)\n", to: "qrels.tsv")
    let error = try #require(throws: EvaluationError.self) { try Judgments(path: path) }
    #expect(line(of: error) == 2, "\(error)")
  }

  @Test func judgmentsOfNothing() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("\n\n", to: "qrels.tsv")
    #expect(throws: EvaluationError.nothingJudged(path: path)) { try Judgments(path: path) }
  }

  @Test func bytesThatAreNotUTF8() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      Data("q1\tx\nq2\t".utf8) + [0xC3, 0x28, 0x0A], to: "queries.tsv")
    let error = try #require(throws: EvaluationError.self) {
      try EvaluationQuery.read(path: path)
    }
    #expect(line(of: error) == 2, "\(error)")
  }
}
