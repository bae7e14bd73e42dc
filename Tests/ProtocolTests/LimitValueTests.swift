import Testing

@testable import Protocol

@Suite struct LimitValueTests {
  @Test func bucketsFillAtTheirRate() {
    var buckets = TokenBuckets<String>(rate: .init(perSecond: 2, burst: 3), capacity: 10)
    for _ in 0..<3 { #expect(buckets.take("a", at: 0) == nil) }
    #expect(buckets.take("a", at: 0) == 0.5)
    #expect(buckets.take("b", at: 0) == nil)
    #expect(buckets.take("a", at: 0.5) == nil)
    #expect(buckets.take("a", at: 0.5) == 0.5)
    // A clock that goes back neither gives nor takes.
    #expect(buckets.take("a", at: -100) == 0.5)
    for _ in 0..<3 { #expect(buckets.take("a", at: 100) == nil) }
    #expect(buckets.take("a", at: 100) == 0.5)
  }

  @Test func bucketsKeepTheirMemory() {
    var buckets = TokenBuckets<Int>(rate: .init(perSecond: 1, burst: 2), capacity: 100)
    var taken = 0
    for key in 0..<100_000 where buckets.take(key, at: 0) == nil { taken += 1 }
    #expect(buckets.count <= 100)
    // All the strangers beyond the table had one bucket together.
    #expect(taken == 102)
    // Once the buckets are full again they make room.
    #expect(buckets.take(-1, at: 10) == nil)
    #expect(buckets.count <= 2)
  }

  @Test func connectionsAreCounted() throws {
    var counts = ConnectionCounts(total: 3, perAddress: 2)
    try counts.open(from: "a")
    try counts.open(from: "a")
    #expect(throws: ConnectionCounts.Refusal.tooManyFromAddress("a", limit: 2)) {
      try counts.open(from: "a")
    }
    try counts.open(from: "b")
    #expect(throws: ConnectionCounts.Refusal.tooMany(limit: 3)) { try counts.open(from: "c") }
    counts.close(from: "a")
    try counts.open(from: "c")
    #expect(counts.count == 3)
  }

  @Test func requestsAreCounted() {
    var gate = RequestGate(total: 3, perKey: 2)
    #expect(gate.enter("a") == true)
    #expect(gate.enter("a") == true)
    #expect(gate.enter("a") == false)
    #expect(gate.enter("b") == true)
    #expect(gate.enter("c") == false)
    gate.leave("a")
    #expect(gate.enter("c") == true)
    #expect(gate.count == 3)
  }

  @Test func eachPartOfAConnectionHasItsTime() {
    let limits = TimeLimits(
      handshake: 10, idle: 100, head: 20, body: 1000, bodyPause: 30, stalledWrite: 40, rest: 5)
    var clock = ConnectionClock(limits: limits, isEncrypted: true, now: 0)
    #expect(clock.deadline! == (10, .handshake))
    clock.handshakeEnded(at: 5)
    #expect(clock.deadline! == (105, .idle))
    clock.bytesCame(at: 50)
    #expect(clock.deadline! == (70, .head))
    clock.bytesCame(at: 60)
    #expect(clock.deadline! == (70, .head), "more bytes give no more time")
    clock.headEnded(at: 61)
    #expect(clock.deadline! == (1061, .body))
    clock.readWanted(at: 62)
    #expect(clock.deadline! == (92, .body))
    clock.bytesCame(at: 80)
    clock.readWanted(at: 81)
    #expect(clock.deadline! == (111, .body))
    clock.bodyEnded(at: 90)
    #expect(clock.deadline == nil, "the handler may take its time")
    clock.writabilityChanged(false, at: 100)
    #expect(clock.deadline! == (140, .stalledWrite))
    clock.writabilityChanged(true, at: 110)
    #expect(clock.deadline == nil)
    #expect(clock.answerEnded(at: 200) == false)
    #expect(clock.deadline! == (300, .idle))
    clock.bytesCame(at: 210)
    clock.headEnded(at: 211)
    #expect(clock.answerEnded(at: 220) == true)
    #expect(clock.deadline! == (225, .rest))
    clock.bodyEnded(at: 221)
    #expect(clock.deadline! == (321, .idle))
  }

  @Test func aFloodIsALineAMinute() {
    var tally = ConnectionTally()
    let minute = ConnectionTally.interval
    #expect(tally.note(.noHandshake, at: 5) == "no handshake: 1")
    let said = (0..<1_000).compactMap { number in
      tally.note(number < 3 ? .tooSlow : .noHandshake, at: 6)
    }
    #expect(said == [])
    #expect(tally.note(.tooMany, at: 4 + minute) == nil)
    #expect(
      tally.note(.noHandshake, at: 5 + minute)
        == "too many connections: 1, no handshake: 998, too slow: 3")
    #expect(tally.note(.tooSlow, at: 5 + 2 * minute) == "too slow: 1")
  }
}
