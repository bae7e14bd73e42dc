import Testing

@testable import NearfindCommands

@Suite struct TerminalStyleTests {
  @Test(
    arguments: [
      ([:], true, false),
      (["TERM": "xterm"], true, true),
      (["TERM": "xterm"], false, false),
      (["TERM": "dumb"], true, false),
      (["TERM": "xterm", "NO_COLOR": "1"], true, false),
      (["TERM": "xterm", "NO_COLOR": ""], true, true),
      (["CLICOLOR_FORCE": "1"], false, true),
      (["CLICOLOR_FORCE": "0"], false, false),
      (["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], false, false),
    ] as [([String: String], Bool, Bool)])
  func automatically(_ environment: [String: String], _ isTerminal: Bool, _ expected: Bool) {
    let style = TerminalStyle(choice: .auto, environment: environment, isTerminal: isTerminal)
    #expect(style.isColoured == expected)
  }

  @Test func theOptionWins() {
    let refusing = ["NO_COLOR": "1", "TERM": "dumb"]
    #expect(TerminalStyle(choice: .always, environment: refusing, isTerminal: false).isColoured)
    let forcing = ["CLICOLOR_FORCE": "1", "TERM": "xterm"]
    #expect(!TerminalStyle(choice: .never, environment: forcing, isTerminal: true).isColoured)
  }

  @Test func paintEndsWhatItBegins() {
    let style = TerminalStyle(isColoured: true)
    #expect(style.paint("a", .name) == "\u{1B}[1ma\u{1B}[0m")
    #expect(style.paint("", .name) == "")
    #expect(TerminalStyle(isColoured: false).paint("a", .match) == "a")
  }
}
