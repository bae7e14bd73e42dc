import Protocol
import Testing

@testable import VirtualServer

@Suite struct StandbyChoiceTests {
  private var choice = StandbyChoice(now: 0)
  private let members = ["a", "b", "c"]

  private mutating func hear(
    _ name: String, capacity: Int, uptime: Double = 1, copyOf group: UInt64? = nil,
    at address: String? = "192.0.2.1", now: Int64 = 0
  ) {
    let copy = group.map {
      StandbyOffer.Copy(group: $0, port: 4711, membership: 5, incompleteNodes: ["z"])
    }
    choice.take(
      StandbyOffer(limitCount: capacity, uptime: uptime, copy: copy), of: name, at: address,
      group: 1, now: now)
    choice.choose(among: members, now: now)
  }

  @Test mutating func theFittestIsChosenOnceAllWereHeard() {
    hear("a", capacity: 2, uptime: 9e9)
    hear("b", capacity: 5, uptime: 10)
    #expect(choice.chosen == nil)
    hear("c", capacity: 5, uptime: 20)
    #expect(choice.chosen == "c")
    #expect(choice.standby == nil)
  }

  @Test mutating func whoIsSilentIsNotWaitedForLong() {
    hear("b", capacity: 1, now: StandbyChoice.hearing - 1)
    #expect(choice.chosen == nil)
    hear("b", capacity: 1, now: StandbyChoice.hearing)
    #expect(choice.chosen == "b")
  }

  @Test mutating func ofEqualOnesTheNameDecides() {
    for name in ["c", "b", "a"] { hear(name, capacity: 3) }
    #expect(choice.chosen == "a")
  }

  @Test mutating func theChosenStaysAsLongAsItIsPresent() {
    for name in members { hear(name, capacity: 3) }
    hear("b", capacity: 300)
    #expect(choice.chosen == "a")
    hear("b", capacity: 300, now: StandbyChoice.patience - 1)
    #expect(choice.chosen == "a")
    hear("b", capacity: 300, now: StandbyChoice.patience)
    #expect(choice.chosen == "b")
    // It is no client any more.
    hear("c", capacity: 1, now: StandbyChoice.patience)
    choice.choose(among: ["a", "c"], now: StandbyChoice.patience)
    #expect(choice.chosen == "c")
  }

  @Test mutating func nobodyIsMadeToWhoCannot() {
    hear("a", capacity: 0)
    hear("b", capacity: -1)
    choice.take(nil, of: "c", at: "192.0.2.1", group: 1, now: 0)
    choice.choose(among: members, now: 0)
    #expect(choice.chosen == nil)
    hear("b", capacity: 1)
    #expect(choice.chosen == "b")
    hear("b", capacity: 0)
    #expect(choice.chosen == nil)
  }

  /// A virtual server that starts anew finds the standby of before.
  @Test mutating func whoStandsByAlreadyComesFirst() {
    hear("a", capacity: 9)
    hear("b", capacity: 1, copyOf: 1)
    #expect(choice.chosen == "b")
    #expect(choice.standby?.node == "b")
    #expect(
      choice.standby?.copy
        == StandbyChoice.Copy(
          endpoint: NetworkEndpoint(address: "192.0.2.1", port: 4711), membership: 5,
          incompleteNodes: ["z"]))
    hear("c", capacity: 20, copyOf: 1)
    #expect(choice.chosen == "b")
  }

  @Test mutating func aCopyOfAnotherGroupOrOutOfReachIsNone() {
    hear("a", capacity: 9)
    hear("b", capacity: 1, copyOf: 2)
    hear("c", capacity: 1, copyOf: 1, at: nil)
    #expect(choice.chosen == "a")
    // The one that was chosen and does not stand by gives way to one that does.
    hear("c", capacity: 1, copyOf: 1)
    #expect(choice.chosen == "c")
  }

  @Test mutating func senselessUptimesDoNoHarm() {
    hear("a", capacity: 1, uptime: .infinity)
    hear("b", capacity: 1, uptime: .nan)
    hear("c", capacity: 1, uptime: .greatestFiniteMagnitude, now: 1)
    #expect(choice.chosen == "c")
  }
}
