import Protocol
import TestSupport
import Testing

@testable import VirtualServer

/// Limits of relays, by counted bytes: the times are arguments.
@Suite struct RelayBookTests {
  private func pair(
    _ caller: String, _ owner: String, from node: String = "pc"
  ) throws -> RelayBook.Pair {
    RelayBook.Pair(
      caller: try World.node(caller, node), owner: try World.node(owner, "pc"))
  }

  private func book(_ change: (inout RelayLimits) -> Void) -> RelayBook {
    var limits = RelayLimits()
    change(&limits)
    return RelayBook(limits: limits, now: 0)
  }

  @Test func soManyAtOnce() throws {
    var book = book {
      $0.count = 3
      $0.countPerUser = 2
    }
    let first = try book.open(pair("ann", "bob"), now: 0)
    _ = try book.open(pair("ann", "cat"), now: 0)
    // From whichever of the user's nodes.
    for node in ["pc", "laptop"] {
      #expect(throws: RelayBook.Refusal.tooManyOfUser(limit: 2)) {
        try book.open(pair("ann", "dan", from: node), now: 0)
      }
    }
    _ = try book.open(pair("eve", "bob"), now: 0)
    #expect(throws: RelayBook.Refusal.tooMany(limit: 3)) {
      try book.open(pair("fay", "bob"), now: 0)
    }
    book.close(first)
    book.close(first)
    _ = try book.open(pair("fay", "bob"), now: 0)
  }

  @Test func whoRelaysNothingSaysSo() throws {
    let limits: [WritableKeyPath<RelayLimits, Int>] = [
      \.count, \.bytesPerSecond, \.totalBytesPerSecond,
    ]
    for limit in limits {
      var book = book { $0[keyPath: limit] = 0 }
      #expect(throws: RelayBook.Refusal.none) { try book.open(pair("ann", "bob"), now: 0) }
    }
  }

  /// Whatever the batches and however time goes by, no more than the rate and one second's worth.
  @Test func noMoreThanTheRate() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<50 {
      let (rate, total) = (generator.number(1_000...100_000), generator.number(1_000...200_000))
      var book = book {
        $0.bytesPerSecond = rate
        $0.totalBytesPerSecond = total
        $0.countPerUser = 16
        $0.byteCount = .max
      }
      let relays = try (0..<generator.number(1...6)).map {
        try book.open(pair("ann", "bob\($0)"), now: 0)
      }
      // Each relay reads on when it may; the simulation goes from one such moment to the next.
      var due = relays.map { (relay: $0, time: Int64(0), passed: 0) }
      let end: Int64 = 60_000
      let largest = 20_000
      while let next = due.indices.min(by: { due[$0].time < due[$1].time }), due[next].time < end {
        let count = generator.number(1...largest)
        let verdict = book.passed(count, through: due[next].relay, now: due[next].time)
        guard case .goOn(let wait) = verdict else {
          Issue.record("ended, seed \(seed)")
          return
        }
        due[next].passed += count
        due[next].time += max(1, wait)
      }
      for relay in due { #expect(relay.passed <= rate * 61 + largest, "seed \(seed)") }
      let all = due.reduce(0) { $0 + $1.passed }
      #expect(all <= total * 61 + largest * relays.count, "seed \(seed)")
      // And not much less: nobody waits for longer than it must.
      #expect(all >= min(total, rate * relays.count) * 50 / 4, "seed \(seed)")
    }
  }

  @Test func soManyBytesOfOne() throws {
    var book = book {
      $0.byteCount = 1_000
      $0.bytesPerSecond = 1_000_000
      $0.rest = 5_000
    }
    let relay = try book.open(pair("ann", "bob"), now: 0)
    let verdicts = [999, 1].map { book.passed($0, through: relay, now: 0) }
    #expect(verdicts == [.goOn(after: 0), .end])
    book.close(relay)
    for node in ["pc", "laptop"] {
      #expect(throws: RelayBook.Refusal.usedUp(limit: 1_000, wait: 4_000)) {
        try book.open(pair("ann", "bob", from: node), now: 1_000)
      }
    }
    // Not for others, and not for ever.
    _ = try book.open(pair("bob", "ann"), now: 1_000)
    _ = try book.open(pair("ann", "bob"), now: 5_000)
    let late = book.passed(1, through: relay, now: 0)
    #expect(late == .end)
  }

  /// However little passes through it.
  @Test func noRelayLastsForEver() throws {
    var book = book {
      $0.life = 10_000
      $0.rest = 5_000
    }
    let relay = try book.open(pair("ann", "bob"), now: 1_000)
    let verdicts = [1_000, 10_999, 11_000].map { book.passed(1, through: relay, now: $0) }
    #expect(verdicts == [.goOn(after: 0), .goOn(after: 0), .end])
    book.close(relay)
    #expect(throws: RelayBook.Refusal.livedOut(limit: 10_000, wait: 4_000)) {
      try book.open(pair("ann", "bob"), now: 12_000)
    }
    let next = try book.open(pair("ann", "bob"), now: 16_000)
    let verdict = book.passed(1, through: next, now: 16_000)
    #expect(verdict == .goOn(after: 0))
  }

  @Test func refusalsNameTheLimit() {
    let refusals: [(RelayBook.Refusal, String)] = [
      (.tooMany(limit: 17), "17"), (.tooManyOfUser(limit: 5), "5"),
      (.usedUp(limit: 123_456, wait: 4_000), "123456"), (.none, "nothing"),
      (.livedOut(limit: 420 * 60_000, wait: 4_000), "420 minutes"),
    ]
    for (refusal, part) in refusals {
      let document = ProblemDocument(refusal)
      #expect(document.detail.contains(part) && !document.remedy.isEmpty)
    }
  }
}
