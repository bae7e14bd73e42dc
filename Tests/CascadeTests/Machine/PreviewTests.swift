import Cascade
import SearchModel
import Testing

/// Who is near is shown although others are long in saying what they hold.
@Suite struct PreviewTests {
  private static let request = SearchRequest(query: .words("report"), limit: 20)

  private static func network() async throws -> ScatteredCollection {
    var scattered = try await ScatteredCollection(
      named: (1...8).map { ["report \($0)", "other \($0)"] })
    for number in 6...8 { scattered[number].delay = .milliseconds(400) }
    return scattered
  }

  @Test(arguments: [SearchScope.everywhere, .band])
  func whoIsNearDoesNotWaitForWhoIsFar(scope: SearchScope) async throws {
    var scattered = try await Self.network()
    if scope == .band { scattered[3].delay = .milliseconds(400) }
    let course = try await scattered.network.search(Self.request, scope: scope)
    let early = course.improvements.filter { $0.at < .milliseconds(120) }.map(\.answer)
    let near = scope == .band ? [1, 2] : Array(1...5)
    #expect(early.contains { scattered.numbers(of: .answered, in: $0) == near })
    // Among themselves they are ranked as one index of theirs would.
    let shown = try #require(early.last)
    expectSame(shown, try await scattered.page(Self.request, of: shown), "\(scope)")
    try await scattered.expectExact(course, Self.request, "\(scope)")
  }

  @Test func whoeverIsQuickEnoughIsAskedOnce() async throws {
    let scattered = try await ScatteredCollection(
      named: (1...8).map { ["report \($0)", "other \($0)"] })
    let course = try await scattered.network.search(Self.request)
    for number in 2...8 { #expect(course.askCounts[ServerIdentifier(UInt64(number))] == 2) }
  }

  /// Few messages more, however many are near and however long the others take.
  @Test func itCostsLittle() async throws {
    var scattered = try await ScatteredCollection(named: (1...100).map { ["report \($0)"] })
    for number in 1...90 { scattered[number].delay = .milliseconds(1) }
    for number in 91...100 { scattered[number].conduct = .hanging }
    let course = try await scattered.network.search(Self.request)
    #expect(scattered.numbers(of: .answered, in: course.answer) == Array(1...90))
    try await scattered.expectExact(course, Self.request)
    let width = CascadeLimits().previewWidth
    for number in 2...90 {
      let count = course.askCounts[ServerIdentifier(UInt64(number))]
      #expect(count == (number <= width ? 3 : 2), "\(number)")
    }
  }

  /// What a preview is still waiting for is no part of the answer, and whoever it waits for is.
  @Test func whatItIsWaitingForIsOvertaken() async throws {
    var scattered = try await Self.network()
    // It is known what these hold, and they are slow.
    for number in 6...7 {
      scattered[number].foreknowledge.statistics = try await scattered[number].statistics(
        for: Self.request.query)
    }
    scattered[8].delay = .milliseconds(100)
    let course = try await scattered.network.search(Self.request)
    try await scattered.expectExact(course, Self.request)
    #expect(scattered.numbers(of: .answered, in: course.answer) == Array(1...8))
    #expect(course.askCounts[ServerIdentifier(6)] == 2)
    #expect(course.cancelled == 0 && course.finished <= .milliseconds(510))
  }

  @Test func whereOnlyANumberIsWantedNobodyIsShown() async throws {
    let scattered = try await Self.network()
    var request = Self.request
    request.limit = 0
    let course = try await scattered.network.search(request)
    for number in 2...8 { #expect(course.askCounts[ServerIdentifier(UInt64(number))] == 2) }
  }
}
