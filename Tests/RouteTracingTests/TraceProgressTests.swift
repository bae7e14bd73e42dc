import RouterBands
import Testing

@testable import RouteTracing

/// When a trace ends, and what it says: answers in, times in, a route out.
@Suite struct TraceProgressTests {
  private static let destination = IPAddress("198.18.5.5")!
  private static let first = IPAddress("198.18.0.1")!
  private static let second = IPAddress("198.18.1.1")!
  private var progress = TraceProgress(destination: destination, positions: Array(1...5))

  private mutating func note(
    _ sender: IPAddress, at position: Int, _ kind: ProbeAnswer.Kind = .timeExceeded,
    milliseconds: Int = 10
  ) {
    let time = Duration.milliseconds(milliseconds)
    progress.note(kind, from: sender, at: position, roundTrip: time, elapsed: time)
  }

  @Test mutating func allAnswersEndIt() {
    note(Self.first, at: 1)
    note(Self.second, at: 2)
    #expect(!progress.isDone(elapsed: .milliseconds(10)))
    note(Self.destination, at: 4, .unreachable, milliseconds: 30)
    note(Self.destination, at: 3, .unreachable, milliseconds: 31)
    #expect(progress.isDone(elapsed: .milliseconds(31)))
    let route = progress.route
    #expect(route.answeredAt == 3)
    #expect(route.path.description == "198.18.0.1 198.18.1.1")
    #expect(route.roundTrip == .milliseconds(30))
  }

  @Test mutating func aSilentHopCosts150Milliseconds() {
    note(Self.first, at: 1)
    note(Self.destination, at: 3, .unreachable, milliseconds: 40)
    #expect(!progress.isDone(elapsed: .milliseconds(189)))
    #expect(progress.isDone(elapsed: .milliseconds(190)))
    #expect(progress.route.path.description == "198.18.0.1 *")
    #expect(progress.route.silentPositions == [2])
  }

  @Test mutating func aSilentDestinationEndsItWithinASecond() {
    note(Self.first, at: 1)
    #expect(!progress.isDone(elapsed: .milliseconds(899)))
    #expect(progress.isDone(elapsed: .milliseconds(900)))
    #expect(progress.route.path.description == "198.18.0.1")
    #expect(progress.route.answeredAt == nil)
  }

  @Test mutating func aLateAnswerNeverProlongsIt() {
    note(Self.destination, at: 3, .unreachable, milliseconds: 880)
    #expect(progress.isDone(elapsed: .milliseconds(900)))
  }

  @Test mutating func theDestinationAnswersWhereItsTTLEnds() {
    note(Self.destination, at: 1)
    #expect(progress.route.answeredAt == 1)
    #expect(progress.isDone(elapsed: .milliseconds(10)))
  }

  /// A firewall that says no stands before the position whose probe it sent back.
  @Test mutating func aRefusalIsNoHop() {
    note(Self.first, at: 1)
    for position in 2...5 { note(Self.first, at: position, .unreachable) }
    #expect(progress.isDone(elapsed: .milliseconds(10)))
    #expect(progress.route.path.description == "198.18.0.1")
    #expect(progress.route.refusedBy == Self.first)
  }

  @Test mutating func theFirstAnswerOfAHopStands() {
    note(Self.first, at: 1)
    note(Self.second, at: 1)
    #expect(progress.route.path.description == "198.18.0.1")
  }

  @Test func smallerTimesAreKeptWhereTracesMeet() {
    func route(_ milliseconds: Int, _ second: IPAddress?) -> TracedRoute {
      TracedRoute(
        destination: Self.destination,
        path: RouterPath([
          Hop(Self.first, roundTrip: .milliseconds(milliseconds)),
          Hop(second, roundTrip: second.map { _ in .milliseconds(milliseconds) }),
        ]), answeredAt: 3, roundTrip: .milliseconds(milliseconds))
    }
    let merged = route(5, nil).merged(with: route(3, Self.second))
    #expect(merged.path.description == "198.18.0.1 198.18.1.1")
    #expect(merged.path.hops[0].roundTrip == .milliseconds(3))
    #expect(merged.roundTrip == .milliseconds(3))
  }
}
