import Testing

@testable import Exchange

/// What counts as getting on, and when it is given up.
@Suite struct FetchProgressTests {
  private func machine(
    sources: Int, limits: FetchLimits = FetchLimits()
  ) throws -> FetchMachine {
    let layout = try #require(PieceLayout(byteCount: 100_000, pieceByteCount: 100_000))
    return FetchMachine(
      layout, have: PieceSet(pieceCount: 1), needsHashes: false, sourceCount: sources,
      limits: limits)
  }

  @Test func aSlowSourceIsWaitedForWhileBytesCome() throws {
    var fetch = try machine(sources: 1)
    #expect(fetch.handle(.began, at: .zero) == [.ask(1, 0, 0..<1)])
    for step in 1...10 {
      let time = Duration.seconds(30 * step)
      #expect(fetch.handle(.bytesCame(1, total: Int64(step) * 3000), at: time).isEmpty)
      #expect(fetch.handle(.woke, at: time + .seconds(29)).isEmpty)
    }
    #expect(fetch.rate(of: 0).map { (99.0...101.0).contains($0) } == true)
    // The same number again is nothing new.
    #expect(fetch.handle(.bytesCame(1, total: 30_000), at: .seconds(359)).isEmpty)
    #expect(fetch.handle(.woke, at: .seconds(360)) == [.cancel(1), .giveUp([0: .stalled])])
  }

  @Test func bytesWithoutAnyPieceAreNotWaitedForWithoutEnd() throws {
    var fetch = try machine(sources: 1)
    _ = fetch.handle(.began, at: .zero)
    for step in 1..<40 {
      _ = fetch.handle(.bytesCame(1, total: Int64(step)), at: .seconds(30 * step))
    }
    #expect(!fetch.isFinished)
    #expect(fetch.handle(.woke, at: .seconds(1200)).last == .giveUp([0: .stalled]))
  }

  @Test func bytesCountOnceForTheSpeed() throws {
    let layout = try #require(PieceLayout(byteCount: 1000, pieceByteCount: 100))
    var fetch = FetchMachine(
      layout, have: PieceSet(pieceCount: 10), needsHashes: false, sourceCount: 1)
    _ = fetch.handle(.began, at: .zero)
    _ = fetch.handle(.bytesCame(1, total: 50), at: .seconds(1))
    _ = fetch.handle(.pieceCame(1, piece: 0), at: .seconds(2))
    _ = fetch.handle(.bytesCame(1, total: 150), at: .seconds(3))
    #expect(fetch.rate(of: 0).map { (49.9...50.1).contains($0) } == true)
  }

  @Test func nobodyIsLeftUnasked() throws {
    var limits = FetchLimits()
    limits.activeSources = 1
    var fetch = try machine(sources: 3, limits: limits)
    #expect(fetch.handle(.began, at: .zero) == [.ask(1, 0, 0..<1)])
    #expect(fetch.handle(.woke, at: .seconds(59)).isEmpty)
    #expect(fetch.handle(.woke, at: .seconds(60)) == [.cancel(1), .ask(2, 1, 0..<1)])
    #expect(fetch.handle(.woke, at: .seconds(120)) == [.cancel(2), .ask(3, 2, 0..<1)])
    // Now each had its time.
    #expect(
      fetch.handle(.woke, at: .seconds(180))
        == [.cancel(3), .giveUp([0: .stalled, 1: .stalled, 2: .stalled])])
  }
}
