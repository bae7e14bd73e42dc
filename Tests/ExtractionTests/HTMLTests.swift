import TestSupport
import Testing

@testable import Extraction

@Suite struct HTMLTests {
  private func content(_ html: String) -> ExtractedContent {
    HTMLExtractor.content(of: Array(html.utf8))
  }

  @Test(arguments: [
    ("a<b>b</b>c", "abc"),
    ("<p>a<p>b", "a\nb"),
    ("<td>a</td><td>b</td>", "a b"),
    ("a <!-- <p>b</p> --> c", "a c"),
    ("a<!-->b", "ab"),
    ("a<!-- never closed", "a"),
    ("<script>if (a</b) x</script>c", "c"),
    ("<script>never closed <p>text", ""),
    ("<STYLE>p{}</StYlE >c", "c"),
    ("1 < 2 <3 &lt; 4", "1 < 2 <3 < 4"),
    ("<a href='x>y'>z</a>", "z"),
    ("<a href=\"never closed", ""),
    ("<a ===>b", "b"),
    ("</>a</ b>c", "ac"),
    (
      "a&nbsp;&amp;&eacute;&copy &#44032;&#xAC00;&#X41;&#150;&#0;&#x110000;",
      "a\u{A0}&é© 가가A–\u{FFFD}\u{FFFD}"
    ),
    ("&unknown; &; & &# &#x; &#99999999999;", "&unknown; &; & &# &#x; &#99999999999;"),
    ("&Alpha;&omega;&sigmaf;", "Αως"),
    ("<img alt='a picture'>", "a picture"),
    ("a\n\n   b", "a b"),
    ("<?xml version='1.0'?><!DOCTYPE html>a", "a"),
    ("<", "<"), ("<a", ""), ("</", ""), ("<!", ""), ("&", "&"), ("", ""),
  ])
  func brokenOrNotItHasText(_ html: String, _ text: String) {
    #expect(content(html).text == text)
  }

  @Test func theTitleIsThePagesOwn() {
    #expect(content("<title> A &amp;\n B </title><svg><title>c</title></svg>").title == "A & B")
    #expect(content("<title>A <b>c</title>d").title == "A <b>c")
    #expect(
      content("<title> </title><h1>One <i>and</i><br>two</h1><h1>x</h1>").title
        == "One and two")
    #expect(content("<meta property='og:title' content='A'><h1>b</h1>").title == "A")
    #expect(content("<p>a").title == "")
    #expect(content("<title>never closed").title == "never closed")
  }

  /// Tags that a page may leave out are left out by many.
  @Test func aPageNeedsNoBody() {
    let page = content("<title>Annual Report</title>revenue")
    #expect(page.title == "Annual Report" && page.text == "revenue")
    #expect(content("profit and <b>loss").text == "profit and loss")
  }

  @Test func metadataIsRead() {
    let page = content(
      "<META NAME=Keywords CONTENT='a, b ;c,,a'><meta content=\"about\" name=description><p>text"
    )
    #expect(page.keywords == ["a", "b", "c"])
    #expect(page.text == "about\ntext")
  }

  @Test func theDeclaredEncodingIsFound() {
    let forms = [
      "<meta charset=euc-kr>", "<META CHARSET = 'EUC-KR'>",
      "<meta content='text/html; charset=EUC-KR'>",
    ]
    for form in forms {
      #expect(HTMLExtractor.declaredEncoding(of: Array(form.utf8)) == "euc-kr")
    }
    #expect(HTMLExtractor.declaredEncoding(of: Array("<p>".utf8)) == nil)
  }

  /// Whatever the bytes, scanning ends and the content is clean; and the work grows with the page,
  /// not with its square.
  @Test func anyBytesAreBorne() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let pieces = [
      "<", ">", "</", "<!--", "-->", "\"", "'", "=", "&", ";", "#", "x", "title", "script",
      "meta ",
      "name=keywords ", "content=", " ", "\n", "\u{0}", "가", "h1", "/", "!", "?",
    ]
    for _ in 0..<500 {
      let html = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
        pieces.randomElement(using: &generator) ?? ""
      }.joined()
      var scanner = HTMLScanner(Array(html.utf8))
      var tokens = 0
      while scanner.next() != nil { tokens += 1 }
      #expect(tokens <= html.utf8.count, "seed \(seed): \(html)")
      expectClean(content(html))
    }
  }

  @Test(arguments: ["<", "<!--", "<a ", "<title>", "&", "<p>", "</p ", "<a b='", "<!"])
  func repetitionIsNoTrap(_ piece: String) {
    let clock = ContinuousClock()
    let html = Array(String(repeating: piece, count: 100_000 / piece.utf8.count).utf8)
    let time = clock.measure { _ = HTMLExtractor.content(of: html) }
    // Quadratic work would take minutes.
    #expect(time < .seconds(20))
  }
}
