import Cascade
import SearchModel
import Testing

/// A virtual server that fails costs its own answer and no time of the others.
@Suite struct DeadlineTests {
  private static let request = SearchRequest(query: .words("report"), limit: 20)
  private static let deadline = CascadeLimits().deadline

  /// Five servers with two matches each; the fifth's own has another rank than the others'.
  private static func network() async throws -> ScatteredCollection {
    try await ScatteredCollection(
      named: (1...5).map { ["report \($0)", "the long report of \($0)", "else \($0)"] })
  }

  /// What a server does, and what is said of it.
  enum Fault: CaseIterable {
    case hangs, hangsAfterStatistics, dead, diesAfterStatistics, refuses, late

    var outcome: Completeness.Outcome {
      switch self {
      case .hangs, .hangsAfterStatistics, .late: .timedOut
      case .dead, .diesAfterStatistics: .unreachable
      case .refuses: .refused
      }
    }

    func befall(_ server: inout SimulatedNetwork.Server) {
      switch self {
      case .hangs: server.conduct = .hanging
      case .hangsAfterStatistics: server.conduct = .silentAfterStatistics
      case .dead: server.conduct = .dead
      case .diesAfterStatistics: server.conduct = .dyingAfterStatistics
      case .refuses: server.conduct = .refusing("It is tired.")
      case .late: server.delay = DeadlineTests.deadline + .milliseconds(1)
      }
    }
  }

  @Test(arguments: Fault.allCases, [SearchScope.everywhere, .nearest])
  func costsItsOwnAnswerOnly(fault: Fault, scope: SearchScope) async throws {
    for faulty in 1...5 {
      var scattered = try await Self.network()
      fault.befall(&scattered[faulty])
      let course = try await scattered.network.search(Self.request, scope: scope)
      let context = "\(fault) at \(faulty), \(scope)"
      #expect(course.finished <= Self.deadline, "\(context)")
      #expect(scattered.numbers(of: fault.outcome, in: course.answer) == [faulty], "\(context)")
      #expect(
        scattered.numbers(of: .answered, in: course.answer) == (1...5).filter { $0 != faulty },
        "\(context)")
      #expect(course.answer.hits.count == 8, "\(context)")
      #expect(course.answer.matchCount == .exactly(8), "\(context)")
      #expect(!course.answer.completeness.isComplete, "\(context)")
      let report = course.answer.reports.first { $0.identifier == ServerIdentifier(UInt64(faulty)) }
      #expect(report?.reason?.isEmpty == false, "\(context)")
      try await scattered.expectExact(course, Self.request, context)
    }
  }

  @Test func itHoldsToTheMoment() async throws {
    var scattered = try await Self.network()
    scattered[3].conduct = .silentAfterStatistics
    for milliseconds in [40, 150, 2_000, 9_000] {
      var limits = CascadeLimits()
      limits.deadline = .milliseconds(milliseconds)
      // Nobody is matched again without it, so that it may take all the time there is.
      limits.corrections = 0
      let course = try await scattered.network.search(Self.request, limits: limits)
      #expect(course.finished == limits.deadline)
      #expect(course.answer.hits.count == 8, "\(milliseconds) ms")
      #expect(course.cancelled == 1)
    }
  }

  /// Who hangs only in matches is given up before the deadline, for a ranking without it.
  @Test(arguments: [SearchScope.band, .nearest, .everywhere])
  func aServerThatHangsInMatchesIsLeftOutInTime(scope: SearchScope) async throws {
    var scattered = try await Self.network()
    scattered[3].conduct = .silentAfterStatistics
    let course = try await scattered.network.search(Self.request, scope: scope)
    try await scattered.expectExact(course, Self.request, "\(scope)")
    #expect(course.finished < Self.deadline * 0.75)
    #expect(scattered.numbers(of: .timedOut, in: course.answer) == [3])
  }

  /// An answer that takes long is waited for where nobody else has one.
  @Test func whoAnswersAloneMayTakeAllTheTime() async throws {
    var scattered = try await ScatteredCollection(named: [["report 1"]])
    scattered[1].delay = Self.deadline * 0.29
    let quick = try await scattered.network.search(Self.request, scope: .group)
    try await scattered.expectExact(quick, Self.request)
    let slow = try await ScatteredCollection(
      scattered.parts, delays: [Self.deadline * 0.2])
    var network = slow.network
    // What it says of itself is known, and its matches take nine tenths of the time.
    network.servers[0].foreknowledge.statistics = try await slow[1].statistics(
      for: Self.request.query)
    network.servers[0].delay = Self.deadline * 0.9
    let course = try await network.search(Self.request, scope: .group)
    #expect(course.finished == Self.deadline * 0.9)
    try await slow.expectExact(course, Self.request)
  }

  @Test func nobodyAnswersAtAll() async throws {
    var scattered = try await Self.network()
    for number in 1...5 { scattered[number].conduct = .hanging }
    let course = try await scattered.network.search(Self.request)
    #expect(course.finished <= Self.deadline)
    #expect(course.answer.hits.isEmpty)
    #expect(scattered.numbers(of: .timedOut, in: course.answer) == Array(1...5))
    for number in 1...5 { scattered[number].conduct = .dead }
    let other = try await scattered.network.search(Self.request)
    #expect(other.finished < .milliseconds(20))
    #expect(scattered.numbers(of: .unreachable, in: other.answer) == Array(1...5))
  }

  /// Of who is named in a ring behind, nobody is said to have been asked who was not.
  @Test func theRestIsSaidToHaveTimedOut() async throws {
    var scattered = try await ScatteredCollection(named: (1...12).map { ["report \($0)"] }, band: 0)
    for number in 2...12 { scattered[number].conduct = .hanging }
    let course = try await scattered.network.search(Self.request, scope: .nearest)
    let completeness = course.answer.completeness
    #expect(course.finished <= Self.deadline)
    #expect(completeness.count == 12)
    #expect(completeness.count(of: .answered) == 1)
    #expect(completeness.count(of: .timedOut) == 11)
    for (number, outcome) in completeness.outcomes where outcome == .timedOut {
      #expect(course.askCounts[ServerIdentifier(UInt64(number)!)] == 1)
    }
  }

  @Test func noTimeAtAll() async throws {
    let scattered = try await Self.network()
    var limits = CascadeLimits()
    limits.deadline = .zero
    let course = try await scattered.network.search(Self.request, limits: limits)
    #expect(course.answer.hits.isEmpty)
    #expect(course.answer.completeness.count == 5)
    #expect(course.answer.completeness.count(of: .timedOut) == 5)
  }

  @Test func nobodyIsKnown() async throws {
    let nobody = SimulatedNetwork(servers: [])
    for scope in SearchScope.allCases {
      let course = try await nobody.search(Self.request, scope: scope)
      #expect(course.finished == .zero)
      #expect(course.answer.hits.isEmpty && course.answer.completeness.count == 0)
    }
  }

  /// A ring that hangs keeps the next one waiting for its share of the time, and no longer.
  @Test(arguments: [Fault.hangs, .hangsAfterStatistics])
  func aHangingRingDoesNotKeepTheNextOneWaiting(fault: Fault) async throws {
    var scattered = try await Self.network()
    for number in 2...3 { fault.befall(&scattered[number]) }
    let course = try await scattered.network.search(Self.request, scope: .nearest)
    let began = course.steps.first {
      if case .askStatistics(_, let server) = $0.action { server.number == 4 } else { false }
    }
    let time = try #require(began).at
    let limits = CascadeLimits()
    let share = fault == .hangs ? limits.statisticsShare : limits.ringShare
    #expect(time <= limits.deadline * share + .milliseconds(20), "\(time)")
    #expect(scattered.numbers(of: .answered, in: course.answer) == [1, 4, 5])
  }

  /// The own answer is there before anybody else has said a word.
  @Test(arguments: [SearchScope.band, .nearest, .everywhere])
  func theOwnGroupIsShownAtOnce(scope: SearchScope) async throws {
    var scattered = try await Self.network()
    for number in 2...5 { scattered[number].conduct = .hanging }
    let course = try await scattered.network.search(Self.request, scope: scope)
    let first = try #require(course.improvements.first)
    #expect(first.at <= .milliseconds(2))
    #expect(first.answer.hits.map(\.hit.record.filename) == ["report 1", "the long report of 1"])
    #expect(course.answer.hits.count == 2)
  }

  /// What came just after an answer was shown is shown a moment later, and not when the slowest has
  /// answered.
  @Test func whatIsThereIsShownSoon() async throws {
    var scattered = try await Self.network()
    scattered[5].conduct = .silentAfterStatistics
    let course = try await scattered.network.search(Self.request)
    let last = try #require(course.improvements.last)
    #expect(scattered.numbers(of: .answered, in: last.answer) == Array(1...4))
    #expect(last.at <= .milliseconds(80))
    #expect(scattered.numbers(of: .answered, in: course.answer) == Array(1...4))
    let times = course.improvements.map(\.at)
    let interval = CascadeLimits().publishInterval
    #expect(zip(times.dropFirst(), times.dropFirst(2)).allSatisfy { $1 - $0 >= interval })
  }

  @Test(arguments: [1, 2, 7])
  func neverAsksMoreAtOnceThanItMay(most: Int) async throws {
    let scattered = try await ScatteredCollection(named: (1...30).map { ["report \($0)"] })
    var limits = CascadeLimits()
    limits.concurrentAsks = most
    let course = try await scattered.network.search(
      SearchRequest(query: .words("report"), limit: 100), limits: limits)
    #expect(course.mostUnderWay == most)
    #expect(course.answer.hits.count == 30)
  }

  /// Who hangs gives its place to the next, up to a bound.
  @Test func thoseThatHangDoNotKeepOthersFromBeingAsked() async throws {
    var scattered = try await ScatteredCollection(named: (1...30).map { ["report \($0)"] })
    for number in 2...20 { scattered[number].conduct = .hanging }
    var limits = CascadeLimits()
    (limits.concurrentAsks, limits.openAsks) = (8, 24)
    let request = SearchRequest(query: .words("report"), limit: 100)
    let course = try await scattered.network.search(request, limits: limits)
    #expect(scattered.numbers(of: .answered, in: course.answer) == [1] + Array(21...30))
    #expect(course.mostUnderWay <= 24)
    limits.openAsks = 8
    let bound = try await scattered.network.search(request, limits: limits)
    #expect(scattered.numbers(of: .answered, in: bound.answer) == [1])
    #expect(bound.mostUnderWay == 8)
  }
}
