import SearchModel
import TestSupport
import Testing

@testable import NearfindCommands

@Suite struct AnswerPrinterTests {
  private func lines(_ report: SearchReport, coloured: Bool = false, columns: Int = 80) -> [String]
  {
    AnswerPrinter(style: TerminalStyle(isColoured: coloured), columns: columns).lines(for: report)
  }

  @Test func saysWhatAPersonNeeds() {
    let lines = lines(Examples.report)
    #expect(lines.first == "No file has `reprot`; showing `report`.")
    #expect(lines.contains { $0.hasPrefix("1  ProjectPlan_v2.pdf") && $0.contains("2.4 MB") })
    #expect(lines.contains("    work/2024"))
    #expect(lines.contains("    The Plan"))
    #expect(lines.contains("    also at backup/plan copy.pdf"))
    #expect(lines.contains("      7.25  plan in name, title (12 files have it)"))
    #expect(lines.contains("type      document 2"))
    #expect(lines.contains("extension hwp 1, pdf 1"))
  }

  @Test func partialMatchesFollowADivider() throws {
    let lines = lines(Examples.report)
    let divider = try #require(lines.firstIndex { $0.hasPrefix("──") })
    let partial = try #require(lines.firstIndex { $0.hasPrefix("3  other.txt") })
    let whole = try #require(lines.firstIndex { $0.hasPrefix("2  회의록") })
    #expect(whole < divider && divider < partial)
  }

  @Test func figuresStandInOneColumnWhateverTheScript() throws {
    let columns = lines(Examples.report).compactMap { line in
      line.range(of: "2024-05-0").map { DisplayWidth.of(String(line[..<$0.lowerBound])) }
    }
    #expect(columns.count == 3)
    #expect(Set(columns).count == 1)
  }

  @Test func matchesArePainted() {
    let text = MarkedText("project plan", matches: ["project plan".range(of: "plan")!])
    let style = TerminalStyle(isColoured: true)
    #expect(
      text.painted(style, ink: .name) == "\u{1B}[1mproject \u{1B}[0m\u{1B}[1;31mplan\u{1B}[0m")
    #expect(text.painted(TerminalStyle(isColoured: false)) == "project plan")
  }

  @Test func withoutColoursAPointerShowsTheMatch() {
    let name = "회의 plan.pdf"
    #expect(MarkedText(name, matches: [name.range(of: "plan")!]).pointers == "     ~~~~")
    #expect(MarkedText(name, matches: []).pointers == nil)
  }

  @Test func hostileNamesStayOnTheirLine() {
    let hit = Hit(
      record: Examples.record(
        "k", "a\u{1B}[2J\nroot.txt", in: "x\u{202E}y", title: "\u{9B}31m\r"), weight: 1,
      duplicates: [Examples.record("l", "b\u{7}", in: "c\nd")])
    for line in lines(Examples.answer([hit], count: .exactly(1))) {
      #expect(line.unicodeScalars.allSatisfy(TerminalText.isSafe), "\(line.debugDescription)")
    }
  }

  @Test func weightsOfAnySizeAreSaid() {
    let part = Explanation.Contribution(
      leaf: "plan", fields: [.name], weight: 1e300, documentFrequency: .max)
    let hit = Hit(
      record: Examples.record("k", "a.txt"), weight: 1e300,
      explanation: Explanation(contributions: [part]))
    let lines = lines(Examples.answer([hit], count: .exactly(1)))
    #expect(lines.contains { $0.hasPrefix("    why: weight 1000") })
  }

  @Test func anEmptyAnswerSaysWhy() {
    let unmatched = lines(
      Examples.answer(unmatched: ["reprot"], spellings: ["reprot": ["report"]]))
    #expect(unmatched == ["No file has `reprot`. Spelled like it: `report`.", "Nothing found."])
    #expect(lines(Examples.answer()) == ["Nothing found. No file has all of this together."])
  }

  @Test func furtherPagesAreOffered() {
    let hit = Hit(record: Examples.record("k", "a.txt"), weight: 1)
    let exact = lines(Examples.answer([hit], count: .exactly(1_234)))
    #expect(exact.last == "1 to 1 of 1,234 matches; more with --offset 1")
    let bounded = lines(Examples.answer([hit], count: .between(10, 20), offset: 4))
    #expect(bounded.last == "5 to 5 of between 10 and 20 matches; more with --offset 5")
    #expect(!lines(Examples.answer([hit], count: .exactly(1))).last!.contains("--offset"))
  }

  @Test func manyCopiesAreCounted() {
    let copies = (1...6).map { Examples.record("c\($0)", "copy\($0).txt") }
    let hit = Hit(record: Examples.record("k", "a.txt"), weight: 1, duplicates: copies)
    let lines = lines(Examples.answer([hit], count: .exactly(1)))
    #expect(lines.filter { $0.contains("also at") }.count == 4)
    #expect(lines.contains("    also at 3 more places"))
  }

  @Test(arguments: 1...4)
  func everyLineIsSafe(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let record = Examples.record(
        "k", generator.nastyText(), in: generator.nastyText(), title: generator.nastyText())
      var report = Examples.answer(
        [Hit(record: record, weight: 1)], count: .exactly(1), unmatched: [generator.nastyText()])
      report.query = .words(generator.nastyText())
      for line in lines(report, columns: Int.random(in: 1...120, using: &generator)) {
        #expect(line.unicodeScalars.allSatisfy(TerminalText.isSafe), "seed \(seed)")
      }
    }
  }
}
