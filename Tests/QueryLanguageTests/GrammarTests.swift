import SearchModel
import Testing

@testable import QueryLanguage

@Suite("Words, phrases, operators")
struct GrammarTests {
  @Test(
    "Plain queries",
    arguments: [
      ("", Query.nothing), ("  \t\n", .nothing), ("-", .nothing), (" - － ", .nothing),
      ("*", .everything), ("**", .everything), ("-*", .not(.everything)),
      ("report", word("report")),
      ("annual report", .all([word("annual"), word("report")])),
      ("annual AND report", .all([word("annual"), word("report")])),
      ("a or b", .all([word("a"), word("or"), word("b")])),
      ("a OR b", .any([word("a"), word("b")])),
      ("report pdf OR doc", .all([word("report"), .any([word("pdf"), word("doc")])])),
      ("a OR b OR c", .any([word("a"), word("b"), word("c")])),
      ("(a b) c", .all([word("a"), word("b"), word("c")])),
      ("(a b) OR c", .any([.all([word("a"), word("b")]), word("c")])),
      ("((a))", word("a")),
      ("-draft", .not(word("draft"))), ("NOT draft", .not(word("draft"))),
      ("a -b", .all([word("a"), .not(word("b"))])),
      ("-(a OR b)", .not(.any([word("a"), word("b")]))),
      ("-\"a b\"", .not(phrase("a b"))), ("-name:x", .not(word("x", .name))),
      ("NOT NOT a", .not(.not(word("a")))),
      ("\"annual report\"", phrase("annual report")),
      ("pre*", prefix("pre")), ("*end", infix("end")), ("*inside*", infix("inside")),
      ("\"annual rep\"*", prefix("annual rep")), ("*\"a b\"*", infix("a b")),
      ("*.pdf", .filter(.fileExtension("pdf"))), ("*.tar.gz", infix(".tar.gz")),
      ("report*.pdf", .all([prefix("report"), .filter(.fileExtension("pdf"))])),
      ("a*b*c", .all([prefix("a"), infix("b"), infix("c")])),
      ("a OR b*.txt", .any([word("a"), .all([prefix("b"), .filter(.fileExtension("txt"))])])),
    ])
  func plain(text: String, expected: Query) throws {
    #expect(try parse(text) == expected)
  }

  @Test(
    "What looks like an operator inside a word belongs to it",
    arguments: [
      "e-mail", "top-", "--help", "---", "12:30", "C:\\x", "C:\\Users\\kim", "http://a.b/c?d=e",
      "std::vector", "data://x", "re:zero", "report(1).pdf", "f(a(b))", "a_b", "OR2", "ORange",
      "한국어", "it's", "foo:bar", "user@host:22", "name", "::", "a|b", "\u{0301}x",
    ])
  func insideWords(text: String) throws {
    #expect(try parse(text) == word(text))
  }

  @Test func aHyphenBetweenSpacesIsNoOperator() throws {
    #expect(try parse("Artist - Title") == .all([word("Artist"), word("Title")]))
    #expect(try parse("(a -) -") == word("a"))
  }

  @Test(
    "Parentheses that touch words",
    arguments: [
      ("report (1).pdf", Query.all([word("report"), word("1"), word(".pdf")])),
      ("(report(1))", word("report(1)")), ("(a OR b(1))", .any([word("a"), word("b(1)")])),
      ("f(a b)", .all([word("f"), word("a"), word("b")])),
      ("(a)OR(b)", .any([word("a"), word("b")])), ("a NOT(b)", .all([word("a"), .not(word("b"))])),
    ])
  func parentheses(text: String, expected: Query) throws {
    #expect(try parse(text) == expected)
  }

  @Test(
    "Typographic and full-width signs",
    arguments: [
      ("“annual report”", phrase("annual report")), ("＂annual report＂", phrase("annual report")),
      ("„a b“", phrase("a b")), ("ｎａｍｅ：보고서", word("보고서", .name)),
      ("이름　（가 OR 나）", .all([word("이름"), .any([word("가"), word("나")])])),
      ("가 －나", .all([word("가"), .not(word("나"))])), ("가＊", prefix("가")),
      ("size：＞１０Ｍ", .filter(.size(minimum: 10_000_001, maximum: nil))),
      ("가 ＯＲ 나", .any([word("가"), word("나")])),
    ])
  func wideForms(text: String, expected: Query) throws {
    #expect(try parse(text) == expected)
  }

  @Test(
    "Fields",
    arguments: [
      ("name:report", word("report", .name)), ("TITLE:x", word("x", .title)),
      ("tag:x", word("x", .keyword)), ("text:x", word("x", .text)),
      ("directory:x", word("x", .directory)),
      ("name:\"annual report\"", phrase("annual report", .name)),
      ("name:pre*", prefix("pre", .name)), ("title:*mid*", infix("mid", .title)),
      ("name:name:x", word("name:x", .name)), ("name:-x", word("-x", .name)),
      ("name:OR", word("OR", .name)),
      ("name:(a OR b)", .any([word("a", .name), word("b", .name)])),
      ("name:(a title:b)", .all([word("a", .name), word("b", .title)])),
      ("-name:(a -b)", .not(.all([word("a", .name), .not(word("b", .name))]))),
    ])
  func fields(text: String, expected: Query) throws {
    #expect(try parse(text) == expected)
  }
}
