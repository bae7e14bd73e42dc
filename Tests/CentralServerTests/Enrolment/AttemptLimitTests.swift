import Placement
import RouterBands
import Testing

@testable import CentralServer

@Suite("Limits of attempts") struct AttemptLimitTests {
  private let now = Moment(milliseconds: 1_000_000)
  private let home = IPAddress("192.0.2.1")!

  @Test func aBurstThenOneAnInterval() {
    var limit = AttemptLimit<String>(AttemptRate(burst: 3, interval: 100), capacity: 10)
    for _ in 0..<3 {
      #expect(limit.delay(of: "a", at: now) == 0)
      limit.note("a", at: now)
    }
    #expect(limit.delay(of: "a", at: now) == 100)
    #expect(limit.delay(of: "b", at: now) == 0)
    #expect(limit.delay(of: "a", at: now + 60) == 40)
    #expect(limit.delay(of: "a", at: now + 100) == 0)
    limit.note("a", at: now + 100)
    #expect(limit.delay(of: "a", at: now + 100) == 100)
    limit.forgive("a", at: now + 100)
    #expect(limit.delay(of: "a", at: now + 100) == 0)
    // All is forgiven in time.
    #expect(limit.delay(of: "a", at: now + 1000) == 0)
  }

  @Test func aClockSetBackLocksNobodyOutForLong() {
    var limit = AttemptLimit<String>(AttemptRate(burst: 2, interval: 100), capacity: 10)
    for _ in 0..<9 { limit.note("a", at: now) }
    let dayBefore = Moment(milliseconds: now.milliseconds - 86_400_000)
    #expect(limit.delay(of: "a", at: dayBefore) <= 200)
    #expect(limit.delay(of: "a", at: dayBefore + 200) <= 200)
  }

  @Test func millionsOfAddressesTakeABoundedMemory() {
    var limits = LoginLimits(capacity: 1000)
    for number in 0..<1_000_000 as Range<UInt32> {
      _ = limits.begin(user: nil, address: .ipv4(IPv4Address(bits: number)), at: now)
      if number.isMultiple(of: 50_000) { #expect(limits.count <= 2000) }
    }
    #expect(limits.count <= 2000)
  }

  @Test func guessingAtAUserFromEverywhereIsLimited() throws {
    let user = try UserIdentifier("user")
    var limits = LoginLimits()
    var allowed = 0
    for number in 0..<1000 as Range<UInt32> {
      let address = IPAddress.ipv4(IPv4Address(bits: number))
      if limits.begin(user: user, address: address, at: now) == nil { allowed += 1 }
    }
    #expect(allowed == 10)
  }

  @Test func guessingFromOneNetworkIsLimited() throws {
    var limits = LoginLimits()
    var allowed = 0
    for number in 0..<1000 {
      // One machine has as many addresses of IPv6 as it likes.
      let address = try #require(IPAddress("2001:db8::\(String(number, radix: 16))"))
      let user = try UserIdentifier("user\(number)")
      if limits.begin(user: user, address: address, at: now) == nil { allowed += 1 }
    }
    #expect(allowed == 20)
  }

  @Test func whoIsRightIsNotCountedAndDoesNotClearOthers() throws {
    let user = try UserIdentifier("user")
    var limits = LoginLimits()
    for _ in 0..<100 {
      #expect(limits.begin(user: user, address: home, at: now) == nil)
      limits.succeed(user: user, address: home, at: now)
    }
    // An attacker who has an account cannot wipe out what was guessed from the same address.
    let victim = try UserIdentifier("victim")
    var guesses = 0
    for _ in 0..<100 {
      if limits.begin(user: victim, address: home, at: now) == nil { guesses += 1 }
      if limits.begin(user: user, address: home, at: now) == nil {
        limits.succeed(user: user, address: home, at: now)
      }
    }
    #expect(guesses == 10)
  }
}
