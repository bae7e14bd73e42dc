import SearchModel
import Testing

@testable import QueryLanguage

@Suite("Large and broken queries")
struct LimitTests {
  private static let limits = QueryLimits.standard

  @Test func aHundredKilobytesAreRefused() {
    let text = String(repeating: "abcdefghi ", count: 10_000)
    #expect(
      refusal(of: text)?.reason
        == .tooLong(byteCount: 100_000, maximum: Self.limits.byteCount))
  }

  @Test func tenThousandTermsAreRefused() {
    #expect(
      refusal(of: String(repeating: "a ", count: 10_000))?.reason
        == .tooManyTerms(maximum: Self.limits.termCount))
    #expect(
      refusal(of: String(repeating: "a*b*c ", count: 400))?.reason
        == .tooManyTerms(maximum: Self.limits.termCount))
    #expect(refusal(of: String(repeating: "a ", count: Self.limits.termCount)) == nil)
  }

  @Test(
    "Ten thousand of one thing",
    arguments: [
      "(", ")", "\"", "-", "*", "NOT ", "-(", "name:", "a(", "()", "OR ", "[", "\u{0301}", "“", "：",
      "*\"",
    ])
  func repeated(piece: String) {
    let text = String(repeating: piece, count: 10_000)
    // Also with limits that let all of it through to the grammar, except for the depth.
    var wide = QueryLimits.standard
    wide.byteCount = .max
    wide.termCount = .max
    for limits in [.standard, wide] {
      if let error = refusal(of: text, limits: limits) {
        #expect(error.offset <= text.count)
        #expect(!error.excerpt(of: text).line.isEmpty)
      }
    }
  }

  @Test func nestingStopsAtTheLimit() throws {
    let depth = Self.limits.depth
    func nested(_ count: Int) -> String {
      String(repeating: "(", count: count) + "a" + String(repeating: ")", count: count)
    }
    #expect(try parse(nested(depth - 1)) == word("a"))
    #expect(refusal(of: nested(depth))?.reason == .tooDeep(maximum: depth))
    #expect(refusal(of: nested(10_000))?.reason == .tooDeep(maximum: depth))
    #expect(refusal(of: nested(10_000))?.offset == depth)
  }
}
