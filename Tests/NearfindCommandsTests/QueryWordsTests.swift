import Foundation
import Node
import SearchModel
import TestSupport
import Testing

@testable import NearfindCommands

@Suite struct QueryWordsTests {
  @Test func whatFollowsTheTerminatorIsOfTheQuery() {
    #expect(QueryWords(["plan", "-draft"]).text == "plan -draft")
    #expect(QueryWords(["--", "-x"]).text == "-x")
    #expect(QueryWords(["--", "--x"]).unknownOption == nil)
    #expect(QueryWords(["a", "--", "b", "--", "c"]).text == "a b -- c")
    #expect(QueryWords(["a", "--x", "--", "--y"]).unknownOption == "--x")
    #expect(QueryWords(["", ""]).text.isEmpty)
  }

  @Test func bothCommandsTakeIt() throws {
    #expect(throws: Never.self) { try WatchCommand.parse(["--", "-x"]) }
    #expect(throws: Never.self) { try SearchCommand.parse(["--", "-x"]) }
    #expect(throws: (any Error).self) { try WatchCommand.parse(["--sope", "x"]) }
  }

  /// It says that nothing was found, which is not known yet.
  @Test func anImprovementWithoutHitsIsNotShown() {
    func answer(_ hits: [Hit], isLast: Bool) -> LocalSearchAnswer {
      LocalSearchAnswer(
        answer: RelaxedAnswer(
          answer: SearchAnswer(
            hits: hits, matchCount: .exactly(hits.count), revision: Revision(1))),
        spellings: [:], coverage: SearchCoverage(scope: .ownFiles, recordCount: 1), isLast: isLast)
    }
    let hit = Hit(record: Examples.record("k", "a.txt"), weight: 1)
    #expect(answer([hit], isLast: false).isWorthShowing)
    #expect(!answer([], isLast: false).isWorthShowing)
    #expect(!answer([hit], isLast: true).isWorthShowing)
  }

  /// What goes wrong is said where the page was, not below it.
  @Test func aPageIsTakenAwayBeforeAnError() async throws {
    let terminal = try PseudoTerminal(columns: 80)
    let page = LivePage(
      on: OutputChannel(descriptor: terminal.slave), environment: ["TERM": "xterm"])
    await #expect(throws: CancellationError.self) {
      try await page.while {
        page.show(["a page"])
        throw CancellationError()
      }
    }
    close(terminal.slave)
    let text = try await terminal.readToEnd { _ in }
    #expect(text.contains("a page") && text.hasSuffix("\u{1B}[1A\r\u{1B}[J"))
  }
}
