import MemoryEngine
import Protocol
import SearchModel
import TestSupport
import Testing

@testable import VirtualServer

/// Whatever another virtual server does, the answer is there in time, with all that the others have.
@Suite(.timeLimit(.minutes(5))) struct LateIsNeverLateTests {
  private static let request = SearchRequest(query: .words("report"), limit: 20)
  /// What a loaded machine may take beyond the deadline; an idle one stays below 50 ms.
  private static let grace: Duration = .seconds(3)

  private static func record(_ name: String) -> Record {
    Record(key: RecordKey(name)!, filename: name)
  }

  static func network(
    _ count: Int = 4, limits: GroupServiceLimits = .generous,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) async throws -> ServerNetwork {
    try await ServerNetwork(
      (1...count).map { [record("report \($0)"), record("letter \($0)")] }, limits: limits,
      now: now
    ) { _ in MemoryEngine() }
  }

  @Test(arguments: Misconduct.allCases)
  func othersAnswersAreAllThere(misconduct: Misconduct) async throws {
    try await check(misconduct, at: 3, scope: "everywhere")
  }

  /// Also where the rings behind it come only after it.
  @Test(arguments: [Misconduct.silent, .hangs, .hangsInMatches, .drips, .truncated, .lies])
  func nearestGoesOnOutward(misconduct: Misconduct) async throws {
    try await check(misconduct, at: 2, scope: "nearest")
  }

  private func check(_ misconduct: Misconduct, at faulty: Int, scope: String) async throws {
    // Who was given up is asked again at once.
    let clock = RacingClock()
    let network = try await Self.network(now: { clock.now })
    // Everybody is connected, so that the time measured is that of searching.
    try await network.search(Self.request, scope: scope)
    let member = network.members[faulty - 1]
    let peer = try await HostilePeer(misconduct, as: member, in: network.world)
    await network.introduce(
      network.members.map { $0 === member ? $0.entry(at: peer.port) : $0.entry })
    // A peer that floods keeps this machine busy, on which both sides run.
    let deadlines: [Int64] = misconduct == .endless ? [2_000, 6_000] : [600, 2_400, 9_600]
    let context = "\(misconduct) at \(faulty), \(scope)"
    let others = (1...4).filter { $0 != faulty }
    var last: GroupSearchAnswer?
    for deadline in deadlines {
      let (answer, elapsed) = try await network.search(
        Self.request, scope: scope, deadline: deadline)
      let overshoot = elapsed - .milliseconds(deadline)
      print("\(context): \(elapsed), overshoot \(max(.zero, overshoot))")
      #expect(overshoot < Self.grace, "\(context)")
      last = answer
      // A machine that is busy with other things may need more time for the others.
      if Set(answer.groups(.answered)).isSuperset(of: others.map(UInt64.init)) { break }
    }
    let answer = try #require(last)
    #expect(answer.groups(.answered) == others.map(UInt64.init), "\(context)")
    #expect(answer.names.sorted() == others.map { "report \($0)" }, "\(context)")
    // Before sixteen megabytes are there, a slow machine may give it up.
    if misconduct == .endless, answer.groups(.timedOut) == [UInt64(faulty)] {
      await peer.stop()
      return await network.stop()
    }
    #expect(answer.groups(misconduct.outcome) == [UInt64(faulty)], "\(context)")
    #expect(answer.reason(of: UInt64(faulty)).contains(misconduct.reason), "\(context)")
    await peer.stop()
    await network.stop()
  }

  @Test func theOwnGroupsHitsComeFirst() async throws {
    let network = try await Self.network()
    for member in network.members.dropFirst() { member.engine.hold() }
    let improvements = AnswerLog()
    let (last, _) = try await network.search(Self.request, deadline: 600) { improvements.add($0) }
    // The very first says that the search is being made.
    let first = try #require(improvements.all.dropFirst().first)
    #expect(first.names == ["report 1"] && first.groups(.answered) == [1])
    #expect(last.groups(.timedOut) == [2, 3, 4] && last.names == ["report 1"])
    for member in network.members { member.engine.release() }
    await network.stop()
  }

  /// Every search is over in time while a server goes and comes, and none loses what others have.
  @Test func aServerThatRestartsInTheMiddle() async throws {
    // Failures are forgotten at once, so that each search asks it.
    let clock = RacingClock()
    let network = try await Self.network(now: { clock.now })
    let member = network.members[1]
    let restarts = Task {
      for _ in 0..<6 {
        await member.stop()
        try await Task.sleep(for: .milliseconds(40))
        try await member.start()
        try await Task.sleep(for: .milliseconds(120))
      }
    }
    var (withIt, without) = (0, 0)
    for _ in 0..<60 {
      let (answer, elapsed) = try await network.search(Self.request, deadline: 2_000)
      #expect(elapsed < .milliseconds(2_000) + Self.grace)
      #expect(Set(answer.groups(.answered)).isSuperset(of: [1, 3, 4]))
      #expect(Set(answer.names).isSuperset(of: ["report 1", "report 3", "report 4"]))
      if answer.groups(.answered).contains(2) { withIt += 1 } else { without += 1 }
    }
    try await restarts.value
    print("\(withIt) searches with the restarting server, \(without) without")
    try await wait(until: "it to be asked again") {
      try await network.search(Self.request).answer.groups(.answered) == [1, 2, 3, 4]
    }
    await network.stop()
  }

  @Test func whoeverCancelsCancelsTheFarSidesWork() async throws {
    let network = try await Self.network()
    for member in network.members.dropFirst() { member.engine.hold() }
    let search = Task { try await network.search(Self.request) }
    try await wait(until: "all others to be at work") {
      network.members.dropFirst().allSatisfy { $0.engine.counts.held == 1 }
    }
    search.cancel()
    await #expect(throws: CancellationError.self) { try await search.value }
    // Long before the far sides would stop of themselves.
    try await wait(until: "the far sides to stop", within: .seconds(30)) {
      network.members.dropFirst().allSatisfy { $0.engine.counts.cancelled == 1 }
    }
    #expect(network.members.allSatisfy { $0.engine.counts.held == 0 })
    await network.stop()
  }

  /// At the deadline nobody goes on working for an answer that is out.
  @Test func theDeadlineCancelsTheFarSidesWork() async throws {
    let network = try await Self.network()
    try await network.search(Self.request)
    let engine = network.members[2].engine
    engine.hold()
    try await wait(until: "the far side to stop", within: .seconds(30)) {
      // On a busy machine the first may be over before the far side is asked.
      if engine.counts.cancelled == 0 { try await network.search(Self.request, deadline: 300) }
      return engine.counts.cancelled > 0 && engine.counts.held == 0
    }
    await network.stop()
  }

  /// A server without power says nothing at all; after one search has waited for it, the next do not.
  @Test func aSilentServerIsWaitedForOnce() async throws {
    let network = try await Self.network()
    let silence = try SilentListener()
    let silent = network.members[1]
    await network.introduce(
      network.members.map { $0 === silent ? $0.entry(at: silence.port) : $0.entry })
    let first = try await network.search(Self.request, deadline: 3_000).answer
    #expect(first.groups(.timedOut) == [2])
    let second = try await network.search(Self.request, deadline: 3_000).answer
    #expect(second.groups(.unreachable) == [2])
    #expect(second.coverage.elapsed < first.coverage.elapsed)
    #expect(second.groups(.answered) == [1, 3, 4])
    await network.stop()
  }
}
