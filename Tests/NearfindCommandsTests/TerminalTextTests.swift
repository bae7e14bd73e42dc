import TestSupport
import Testing

@testable import NearfindCommands

@Suite struct TerminalTextTests {
  @Test(arguments: [
    ("plan.pdf", "plan.pdf"),
    ("회의록 2024.hwp", "회의록 2024.hwp"),
    ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
    ("\u{1B}[31mred\u{1B}[0m", "\\u{1B}[31mred\\u{1B}[0m"),
    ("\u{1B}]0;title\u{07}", "\\u{1B}]0;title\\u{7}"),
    ("\u{9B}2J", "\\u{9B}2J"),
    ("annexe\u{202E}fdp.exe", "annexe\\u{202E}fdp.exe"),
    ("zero\u{200B}width\u{FEFF}", "zero\\u{200B}width\\u{FEFF}"),
    ("line\u{2028}paragraph\u{2029}", "line\\u{2028}paragraph\\u{2029}"),
    ("tag\u{E0041}", "tag\\u{E0041}"),
    ("می\u{200C}خواهم", "می\u{200C}خواهم"),
    ("👩\u{200D}👧 e\u{301}", "👩\u{200D}👧 e\u{301}"),
    ("lost\u{FFFD}byte", "lost\u{FFFD}byte"),
    ("", ""),
  ])
  func isPrintable(_ raw: String, _ expected: String) {
    #expect(TerminalText.printable(raw) == expected)
  }

  /// The rule in its own words, against whatever chance comes up with.
  @Test(arguments: 1...8)
  func nothingDangerousComesThrough(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<2_000 {
      let raw = generator.nastyText()
      let printed = TerminalText.printable(raw)
      for scalar in printed.unicodeScalars {
        let value = scalar.value
        let isDangerous =
          value < 0x20 || (0x7F...0x9F).contains(value) || value == 0x61C || value == 0xFEFF
          || (0x200E...0x200F).contains(value) || (0x2028...0x202E).contains(value)
          || (0x2066...0x2069).contains(value) || value == 0x200B
          || (0xE0000...0xE007F).contains(value)
        #expect(
          !isDangerous, "seed \(seed): U+\(String(value, radix: 16)) of \(raw.debugDescription)")
      }
      #expect(TerminalText.printable(printed) == printed, "seed \(seed)")
    }
  }

  @Test(arguments: 1...4)
  func jsonIsSafeAndExact(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let raw = generator.nastyText()
      let json = try JSONDocument.text(of: [raw])
      #expect(json.unicodeScalars.allSatisfy { $0 == "\n" || TerminalText.isSafe($0) })
      let decoded = try JSONReading.strings(in: json)
      #expect(
        decoded.map { Array($0.unicodeScalars) } == [Array(raw.unicodeScalars)], "seed \(seed)")
    }
  }
}
