import SearchModel
import Testing

@testable import QueryLanguage

@Suite("What a query costs") struct QueryCostTests {
  private static let limits = QueryCostLimits(
    nodeCount: 10, depth: 4, wildcardCount: 2, textByteCount: 40)

  private func refusal(of query: Query) -> QueryCostError? {
    do {
      try Self.limits.check(query)
      return nil
    } catch {
      return error
    }
  }

  @Test func everyKindOfNodeCounts() {
    let cost = QueryCost(
      of: .all([
        word("abc"), phrase("가 나"), prefix("ab", .name), .not(.any([infix("x"), .everything])),
        .filter(.owner("kim")), .filter(.size(minimum: 1, maximum: nil)), .nothing,
        .resembling("a b"),
      ]))
    #expect(cost.nodeCount == 12)
    #expect(cost.depth == 4)
    #expect(cost.wildcardCount == 2)
    #expect(cost.textByteCount == 3 + 7 + 2 + 1 + 3 + 3)
  }

  @Test func whatIsTooMuchIsRefusedByName() {
    #expect(refusal(of: .any(Array(repeating: word("a"), count: 9))) == nil)
    #expect(
      refusal(of: .any(Array(repeating: word("a"), count: 10)))
        == .tooManyNodes(count: 11, limit: 10))
    #expect(refusal(of: .not(.not(.not(word("a"))))) == nil)
    #expect(refusal(of: .not(.not(.not(.not(word("a")))))) == .tooDeep(depth: 5, limit: 4))
    #expect(refusal(of: .all([prefix("a"), infix("b")])) == nil)
    #expect(
      refusal(of: .all([prefix("a"), infix("b"), infix("b")]))
        == .tooManyWildcards(count: 3, limit: 2))
    #expect(refusal(of: word(String(repeating: "x", count: 40))) == nil)
    #expect(
      refusal(of: phrase(String(repeating: "x", count: 41)))
        == .tooMuchText(byteCount: 41, limit: 40))
  }

  /// Whoever types must not be refused by those who search for them.
  @Test func theLargestQueryThatCanBeTypedIsCarriedOut() throws {
    let limits = QueryLimits.standard
    let widest = (0..<limits.termCount).map { "-w\($0)" }.joined(separator: " ")
    try QueryCostLimits.standard.check(parse(widest))
    let deepest =
      String(repeating: "(a OR ", count: limits.depth - 1) + "b"
      + String(repeating: ")", count: limits.depth - 1)
    try QueryCostLimits.standard.check(parse(deepest))
  }

  @Test func aQueryTooDeepForTheStackIsMeasured() {
    var query = word("a")
    for _ in 0..<5_000 { query = .not(query) }
    #expect(QueryCost(of: query).depth == 5_001)
  }
}
