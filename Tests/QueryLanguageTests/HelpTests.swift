import Testing

@testable import QueryLanguage

@Suite("The help table")
struct HelpTests {
  @Test("Every example is a query", arguments: QueryHelp.operators + QueryHelp.qualifiers)
  func examples(entry: QueryHelp.Entry) throws {
    #expect(try parse(entry.example) != .nothing)
    #expect(!entry.meaning.isEmpty)
  }

  @Test func everyQualifierIsThere() {
    #expect(QueryHelp.qualifiers.count == Qualifier.allCases.count)
  }
}
