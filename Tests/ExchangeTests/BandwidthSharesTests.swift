import TestSupport
import Testing

@testable import Exchange

@Suite struct BandwidthSharesTests {
  /// Plays peers that each want to send chunks one after another, and counts what each had by a time.
  private func play(
    _ chunks: [String: Int], rate: Double?, until end: Double
  ) -> [String: Int] {
    var shares = BandwidthShares<String>(bytesPerSecond: rate)
    var owner: [UInt64: String] = [:]
    var sent: [String: Int] = [:]
    for (peer, size) in chunks.sorted(by: { $0.key < $1.key }) {
      owner[shares.ask(peer, byteCount: size)] = peer
    }
    var time = 0.0
    while time <= end {
      for ticket in shares.grants(at: time) {
        let peer = owner.removeValue(forKey: ticket)!
        sent[peer, default: 0] += chunks[peer]!
        owner[shares.ask(peer, byteCount: chunks[peer]!)] = peer
        if rate == nil, sent[peer]! > 1_000_000 { return sent }
      }
      guard let next = shares.nextGrant else { break }
      time = max(time, next)
    }
    return sent
  }

  @Test func inAllNoMoreThanTheRate() {
    let sent = play(["a": 1000, "b": 1000, "c": 1000], rate: 10_000, until: 10)
    let sum = sent.values.reduce(0, +)
    #expect((100_000...103_000).contains(sum), "\(sum)")
  }

  @Test func peersHaveTheSameWhateverTheySendAtATime() {
    let sent = play(["a": 100, "b": 1000, "c": 5000], rate: 100_000, until: 30)
    for peer in ["a", "b", "c"] {
      #expect(abs((sent[peer] ?? 0) - 1_000_000) < 15_000, "\(sent)")
    }
  }

  @Test func aNewcomerNeitherWaitsForWhatOthersHadNorCatchesUp() {
    var shares = BandwidthShares<String>(bytesPerSecond: 1000)
    var time = 0.0
    for _ in 0..<100 {
      _ = shares.ask("old", byteCount: 1000)
      time = max(time, shares.nextGrant ?? time)
      #expect(shares.grants(at: time).count == 1)
    }
    let first = shares.ask("old", byteCount: 1000)
    let second = shares.ask("new", byteCount: 1000)
    let third = shares.ask("new", byteCount: 1000)
    var order: [UInt64] = []
    while let next = shares.nextGrant {
      time = max(time, next)
      order += shares.grants(at: time)
    }
    #expect(order == [second, first, third] || order == [first, second, third], "\(order)")
  }

  @Test func withoutALimitNobodyWaits() {
    var shares = BandwidthShares<String>(bytesPerSecond: nil)
    let tickets = (0..<10).map { shares.ask("peer \($0)", byteCount: 1 << 30) }
    #expect(Set(shares.grants(at: 0)) == Set(tickets))
    #expect(shares.nextGrant == nil)
  }

  @Test func whoWithdrawsIsNotWaitedFor() {
    var shares = BandwidthShares<String>(bytesPerSecond: 1)
    let gone = shares.ask("a", byteCount: 1)
    let stays = shares.ask("b", byteCount: 1)
    shares.withdraw(gone, of: "a")
    #expect(shares.grants(at: 0) == [stays])
    #expect(shares.nextGrant == nil)
  }
}
