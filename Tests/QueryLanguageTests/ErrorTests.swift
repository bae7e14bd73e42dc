import SearchModel
import Testing

@testable import QueryLanguage

@Suite("Errors")
struct ErrorTests {
  @Test(
    "What is wrong, and where",
    arguments: [
      ("a \"b c", QueryError.Reason.unclosedQuote, 2, 1),
      ("\"", .unclosedQuote, 0, 1), ("3.5\"", .unclosedQuote, 3, 1),
      ("\"\"", .emptyPhrase, 0, 2), ("a \" \"", .emptyPhrase, 2, 3),
      ("(a b", .unclosedParenthesis, 0, 1), ("a ((b)", .unclosedParenthesis, 2, 1),
      ("a) b", .unopenedParenthesis, 1, 1), (")", .unopenedParenthesis, 0, 1),
      ("()", .emptyParentheses, 0, 2), ("(a OR report(1)", .unclosedParenthesis, 0, 1),
      ("OR", .nothingBefore(operator: "OR"), 0, 2), ("OR OR", .nothingBefore(operator: "OR"), 0, 2),
      ("a OR", .nothingAfter(operator: "OR"), 2, 2),
      ("a OR OR b", .nothingAfter(operator: "OR"), 2, 2),
      ("(a OR) b", .nothingAfter(operator: "OR"), 3, 2),
      ("AND b", .nothingBefore(operator: "AND"), 0, 3),
      ("a AND", .nothingAfter(operator: "AND"), 2, 3),
      ("a NOT", .nothingAfter(operator: "NOT"), 2, 3),
      ("a -OR", .nothingAfter(operator: "-"), 2, 1),
      ("name:", .missingValue(qualifier: "name"), 5, 0),
      ("name: report", .missingValue(qualifier: "name"), 5, 0),
      ("(size:)", .missingValue(qualifier: "size"), 6, 0),
      ("name:*", .missingValue(qualifier: "name"), 5, 1),
      ("a nmae:b", .unknownQualifier("nmae", suggestion: "name"), 2, 5),
      ("titel:b", .unknownQualifier("titel", suggestion: "title"), 0, 6),
      ("etx:b", .unknownQualifier("etx", suggestion: "ext"), 0, 4),
      ("keywrod:b", .unknownQualifier("keywrod", suggestion: "keyword"), 0, 8),
      ("ext:p*", .wildcardInCondition(qualifier: "ext"), 4, 2),
      ("size:abc", .invalidSize("abc"), 5, 3), ("size:10Q", .invalidSize("10Q"), 5, 3),
      ("size:..", .invalidSize(".."), 5, 2), ("size:1.", .invalidSize("1."), 5, 2),
      ("size:9999999T", .invalidSize("9999999T"), 5, 8), ("size:-5", .invalidSize("-5"), 5, 2),
      ("size:20M..10M", .emptyRange("20M..10M"), 5, 8), ("size:<0", .emptyRange("<0"), 5, 2),
      ("date:soon", .invalidDate("soon"), 5, 4), ("date:2024-13", .invalidDate("2024-13"), 5, 7),
      ("date:2023-02-29", .invalidDate("2023-02-29"), 5, 10), ("date:24", .invalidDate("24"), 5, 2),
      ("date:>7d", .comparedDuration(">7d"), 5, 3),
      ("date:2024..2023", .emptyRange("2024..2023"), 5, 10),
      ("type:imgae", .unknownType("imgae", suggestion: "image"), 5, 5),
      ("type:zebra", .unknownType("zebra", suggestion: nil), 5, 5),
      ("hash:12", .invalidHash("12"), 5, 2), ("가나다 \"라", .unclosedQuote, 4, 1),
      ("👩‍👩‍👧 é (", .unclosedParenthesis, 4, 1),
    ] as [(String, QueryError.Reason, Int, Int)])
  func reasons(text: String, reason: QueryError.Reason, offset: Int, length: Int) {
    #expect(refusal(of: text) == QueryError(reason: reason, offset: offset, length: length))
  }

  @Test func theMessageSaysWhereWhatAndWhatToDo() throws {
    let error = try #require(refusal(of: "report nmae:2024"))
    #expect(
      error.description == "At character 8: there is no field nmae:; did you mean name: ? "
        + "To search for the word, write \"nmae:\".")
    #expect(
      error.excerpt(of: "report nmae:2024").text == """
        report nmae:2024
               ^~~~~
        """)
  }

  @Test func theCaretStandsUnderWideCharacters() throws {
    let text = "보고서 \"연간"
    let error = try #require(refusal(of: text))
    #expect(error.excerpt(of: text).caretLine == String(repeating: " ", count: 7) + "^")
  }

  @Test func theExcerptHoldsNothingThatATerminalObeys() throws {
    let text = "a\u{1B}[31m\u{202E} \(String(repeating: "x ", count: 200))\n\"b"
    let error = try #require(refusal(of: text))
    let excerpt = error.excerpt(of: text)
    #expect(excerpt.line.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 0x202E })
    #expect(excerpt.line.count <= QueryExcerpt.characterCount + 2)
    #expect(excerpt.line.hasPrefix("…"))
    let index = try #require(excerpt.line.firstIndex(of: "\""))
    #expect(
      excerpt.caretLine.count - 1
        == excerpt.line.distance(from: excerpt.line.startIndex, to: index))
    #expect(!"\(QueryError(reason: .invalidSize(text), offset: 0, length: 1))".contains("\u{1B}"))
  }

  @Test func everyReasonHasAProblemAndAdvice() {
    for text in ["\"", "(", ")", "()", "OR", "name:", "nmae:x", "size:x", "date:x", "type:x"] {
      let error = refusal(of: text)
      #expect(error?.problem.isEmpty == false)
      #expect(error?.advice.isEmpty == false)
    }
  }
}
