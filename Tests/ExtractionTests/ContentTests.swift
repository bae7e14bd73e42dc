import TestSupport
import Testing

@testable import Extraction

@Suite struct ContentTests {
  @Test func anyTextBecomesCleanAndBounded() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let special: [Unicode.Scalar] = [
      "\0", "\u{1B}", "\u{7F}", "\u{85}", "\u{9F}", "\u{A0}", "\u{202E}", "\u{2028}",
      "\u{2069}",
      "\n", "\r", "\t", " ", "a", "가", "\u{1100}", "\u{301}", "😀",
    ]
    for _ in 0..<200 {
      let count = Int.random(in: 0...700, using: &generator)
      var text = ""
      for _ in 0..<count {
        text.unicodeScalars.append(special.randomElement(using: &generator) ?? "a")
      }
      let content = ExtractedContent(title: text, keywords: [text, text], text: text)
      expectClean(content)
      #expect(!content.title.hasPrefix(" ") && !content.title.hasSuffix(" "), "seed \(seed)")
      // Cleaning what is clean changes nothing.
      let again = ExtractedContent(
        title: content.title, keywords: content.keywords, text: content.text)
      #expect(again == content, "seed \(seed)")
      #expect(
        content.text.unicodeScalars.allSatisfy { !(0x202A...0x202E).contains($0.value) })
    }
  }

  @Test(arguments: 0..<4)
  func theCutFallsBetweenCharacters(_ offset: Int) {
    let text = String(repeating: "a", count: offset) + String(repeating: "가", count: 100_000)
    let content = ExtractedContent(title: text, keywords: [text], text: text)
    expectClean(content)
    for part in [content.title, content.text, content.keywords[0]] {
      #expect(text.utf8.starts(with: part.utf8))
    }
    #expect(content.text.utf8.count > ExtractedContent.maximumTextByteCount - 3)
    #expect(content.title.utf8.count > ExtractedContent.maximumTitleByteCount - 3)
  }

  @Test func keywordsAreDistinctAndFew() {
    let many = (0..<1000).map { "keyword \($0 / 2)" }
    let content = ExtractedContent(keywords: ["", " ", "\n"] + many)
    #expect(content.keywords == (0..<64).map { "keyword \($0)" })
  }

  @Test func linesStayInTextAlone() {
    let content = ExtractedContent(
      title: " a\r\nb\tc ", keywords: ["x\ny"], text: "\na\r\nb\tc\n")
    #expect(content.title == "a b c")
    #expect(content.keywords == ["x y"])
    #expect(content.text == "a\n\nb\tc")
  }
}
