import TestSupport
import Testing

@testable import NearfindCommands

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("plan", 4), ("회의록", 6), ("e\u{301}", 1), ("漢字かな", 8), ("ｆｕｌｌ", 8), ("👩\u{200D}👧", 2),
    ("🇰🇷", 2), ("❤\u{FE0F}", 2), ("", 0), ("ㅎㄱㅁ", 6), ("…", 1), ("─", 1), ("ﾊﾝ", 2),
    // Decomposed: 한글.
    ("\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}", 4),
  ])
  func columns(_ text: String, _ expected: Int) {
    #expect(DisplayWidth.of(text) == expected)
  }

  /// Every syllable is as wide as its decomposed form.
  @Test func decompositionDoesNotChangeTheWidth() {
    for value in stride(from: UInt32(0xAC00), through: 0xD7A3, by: 7) {
      let index = value - 0xAC00
      let final = index % 28
      let jamo =
        [0x1100 + index / 588, 0x1161 + index % 588 / 28] + (final > 0 ? [0x11A7 + final] : [])
      var decomposed = String.UnicodeScalarView()
      for scalar in jamo { decomposed.append(Unicode.Scalar(scalar)!) }
      #expect(DisplayWidth.of(String(decomposed)) == 2)
    }
  }

  @Test(arguments: 1...4)
  func truncationFits(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<1_000 {
      let text = TerminalText.printable(generator.nastyText())
      let columns = Int.random(in: 0...20, using: &generator)
      let truncated = DisplayWidth.truncated(text, to: columns)
      #expect(DisplayWidth.of(truncated) <= columns, "seed \(seed): \(text.debugDescription)")
      if DisplayWidth.of(text) <= columns { #expect(truncated == text) }
    }
  }

  @Test func paddingFillsUp() {
    #expect(DisplayWidth.padded("회의", to: 6) == "회의  ")
    #expect(DisplayWidth.padded("long enough", to: 4) == "long enough")
  }
}
