import Foundation
import SearchModel
import TestSupport
import Testing

@testable import TextAnalysis

@Suite struct MatchHighlighterTests {
  private func marked(_ query: Query, _ text: String, _ field: Field = .name) -> [String] {
    MatchHighlighter.ranges(of: query, in: text, field: field).map { String(text[$0]) }
  }

  @Test func words() {
    #expect(marked(.words("plan v2"), "ProjectPlan_v2.pdf") == ["Plan", "v2"])
    #expect(marked(.words("projectplan"), "Project-Plan.pdf") == ["Project", "Plan"])
    #expect(
      marked(.words("files"), "A file of filed files", .title) == ["file", "filed", "files"])
    #expect(marked(.words("files"), "file_files.txt") == ["files"])
    #expect(
      marked(.all([.word("a", field: nil), .not(.word("b", field: nil))]), "a b") == ["a"])
    #expect(marked(.word("a", field: .title), "a b").isEmpty)
  }

  @Test func piecesOfWords() {
    #expect(marked(.prefix("pro", field: nil), "ProjectPlan.pdf") == ["Pro"])
    #expect(marked(.infix("ject", field: nil), "ProjectPlan.pdf") == ["ject"])
    #expect(
      marked(.phrase("project plan", field: nil), "my ProjectPlan plan") == ["ProjectPlan"])
  }

  @Test func korean() {
    #expect(marked(.words("보고서"), "월간보고서를.hwp") == ["보고서"])
    #expect(marked(.words("ㅎㅇㄹ"), "2024회의록.hwp") == ["회의록"])
    let decomposed = "월간보고서를.hwp".decomposedStringWithCanonicalMapping
    #expect(
      marked(.words("보고서"), decomposed) == ["보고서".decomposedStringWithCanonicalMapping])
  }

  @Test(arguments: UInt64(1)...60)
  func rangesAreOrderedAndApart(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let alphabet: [Character] = ["a", "B", "1", "_", " ", "보", "고", "ㅎ", "e\u{301}"]
    let text = generator.text(of: alphabet, length: 0...30)
    let typed = generator.text(of: alphabet, length: 1...6)
    for query in [
      Query.words(typed), .prefix(typed, field: nil), .infix(typed, field: nil),
      .phrase(typed, field: nil), .resembling(typed),
    ] {
      let ranges = MatchHighlighter.ranges(of: query, in: text, field: .name)
      for (left, right) in zip(ranges, ranges.dropFirst()) {
        #expect(left.upperBound < right.lowerBound, "seed \(seed)")
      }
      #expect(ranges.allSatisfy { !$0.isEmpty }, "seed \(seed)")
    }
  }
}
