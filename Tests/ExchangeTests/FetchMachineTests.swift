import TestSupport
import Testing

@testable import Exchange

@Suite struct FetchMachineTests {
  private func machine(
    pieces: Int, sources: Int, needsHashes: Bool = false, limits: FetchLimits = FetchLimits()
  ) throws -> FetchMachine {
    let layout = try #require(
      PieceLayout(byteCount: Int64(pieces) * 100 - (pieces > 0 ? 1 : 0), pieceByteCount: 100))
    return FetchMachine(
      layout, have: PieceSet(pieceCount: pieces), needsHashes: needsHashes, sourceCount: sources,
      limits: limits)
  }

  @Test func anEmptyFileIsThereAtOnce() throws {
    var fetch = try machine(pieces: 0, sources: 1)
    #expect(fetch.handle(.began, at: .zero) == [.finish])
  }

  @Test func withoutSourcesItIsGivenUp() throws {
    var fetch = try machine(pieces: 1, sources: 0)
    #expect(fetch.handle(.began, at: .zero) == [.giveUp([:])])
  }

  @Test func aSmallFileIsAskedOfTheNearestAlone() throws {
    var fetch = try machine(pieces: 3, sources: 3)
    #expect(fetch.handle(.began, at: .zero) == [.ask(1, 0, 0..<3)])
  }

  @Test func hashesComeFirstAndPiecesOfAllAtOnce() throws {
    var fetch = try machine(pieces: 20, sources: 2, needsHashes: true)
    #expect(fetch.handle(.began, at: .zero) == [.askHashes(1, 0)])
    #expect(
      fetch.handle(.hashesCame(1), at: .seconds(1)) == [.ask(2, 0, 0..<4), .ask(3, 1, 4..<8)])
  }

  @Test func aLiarIsNamedAndItsPiecesAreAskedOfAnother() throws {
    var fetch = try machine(pieces: 4, sources: 2)
    #expect(fetch.handle(.began, at: .zero) == [.ask(1, 0, 0..<4)])
    #expect(fetch.handle(.pieceCame(1, piece: 0), at: .seconds(1)).isEmpty)
    #expect(
      fetch.handle(.falsehoodCame(1), at: .seconds(2)) == [.drop(0, .lied), .ask(2, 1, 1..<4)])
    // What it still had on its way counts for nothing.
    #expect(fetch.handle(.pieceCame(1, piece: 1), at: .seconds(2)).isEmpty)
    #expect(!fetch.have.contains(1))
  }

  @Test func aSilentSourceIsNotWaitedFor() throws {
    var fetch = try machine(pieces: 4, sources: 2)
    _ = fetch.handle(.began, at: .zero)
    #expect(fetch.handle(.woke, at: .seconds(2)).isEmpty)
    #expect(fetch.handle(.woke, at: .seconds(3)) == [.ask(2, 1, 0..<4)])
    for piece in 0..<3 { _ = fetch.handle(.pieceCame(2, piece: piece), at: .seconds(4)) }
    // The other one is told as soon as it has nothing left to give.
    #expect(
      fetch.handle(.pieceCame(2, piece: 3), at: .seconds(4)) == [.cancel(1), .cancel(2), .finish])
  }

  @Test func aBusySourceIsAskedAgainWhenItSaid() throws {
    var fetch = try machine(pieces: 1, sources: 1)
    _ = fetch.handle(.began, at: .zero)
    #expect(fetch.handle(.failed(1, .busy(retryAfter: 2)), at: .seconds(1)).isEmpty)
    #expect(fetch.nextWake == .seconds(3))
    #expect(fetch.handle(.woke, at: .seconds(3)) == [.ask(2, 0, 0..<1)])
  }

  @Test func itIsGivenUpWhenNothingComesForLong() throws {
    var fetch = try machine(pieces: 1, sources: 1)
    _ = fetch.handle(.began, at: .zero)
    _ = fetch.handle(.failed(1, .unreachable("Gone.")), at: .seconds(1))
    let last = fetch.handle(.woke, at: .seconds(60))
    #expect(last == [.giveUp([0: .unreachable("Gone.")])])
    #expect(fetch.isFinished && fetch.nextWake == nil)
  }

  @Test func theFasterSourceSendsMore() throws {
    let fetch = try machine(pieces: 2000, sources: 2, needsHashes: true)
    var simulation = SimulatedFetch(
      machine: fetch,
      peers: [.init(character: .truthful, pace: 0.01), .init(character: .truthful, pace: 0.1)],
      seed: 1)
    #expect(simulation.run() == .finished)
    // 2000 pieces at 110 a second.
    #expect(simulation.time < 25, "took \(simulation.time) s")
    #expect(simulation.violations.isEmpty, "\(simulation.violations.prefix(3))")
  }

  /// Kills and losses, liars, refusals and every pace, from 10,000 seeds.
  @Test func whateverHappensItEndsRightly() throws {
    for seed: UInt64 in 0..<10_000 {
      var generator = SeededGenerator(seed: seed)
      let pieces = generator.number(0...60)
      var limits = FetchLimits()
      if generator.happens(0.3) { limits.window = generator.number(1...10) }
      var peers: [SimulatedFetch.Peer] = []
      for _ in 0..<generator.number(1...6) {
        let character: SimulatedFetch.Character =
          switch generator.number(0...9) {
          case 0...3: .truthful
          case 4: .liar
          case 5: .stalls(after: generator.number(0...5))
          case 6: .refuses
          case 7: .breaksOff(after: generator.number(0...5))
          case 8: .dead
          default: .truthful
          }
        let pace = generator.happens(0.2) ? 20.0 : Double(generator.number(1...2000)) / 1000
        peers.append(.init(character: character, pace: pace))
      }
      var fetch = try machine(
        pieces: pieces, sources: peers.count, needsHashes: generator.happens(0.5), limits: limits)
      var ending = SimulatedFetch.Ending.killed
      // Killed some times, and begun anew with what was there.
      for _ in 0...generator.number(0...3) {
        var simulation = SimulatedFetch(machine: fetch, peers: peers, seed: generator.next())
        let lossTime = generator.happens(0.3) ? Double(generator.number(0...50)) : nil
        let limit = generator.happens(0.5) ? Double(generator.number(0...60)) : 100_000
        ending = simulation.run(for: limit, lossAt: lossTime)
        peers = simulation.peers
        try #require(
          simulation.violations.isEmpty, "seed \(seed): \(simulation.violations.prefix(3))")
        for (source, reason) in simulation.dropped where reason == .lied {
          #expect(peers[source].character == .liar || lossTime != nil, "seed \(seed)")
        }
        guard ending == .killed else { break }
        fetch = FetchMachine(
          fetch.layout, have: simulation.machine.have,
          needsHashes: simulation.machine.needsHashes, sourceCount: peers.count, limits: limits)
      }
      if ending == .killed {
        var simulation = SimulatedFetch(machine: fetch, peers: peers, seed: generator.next())
        ending = simulation.run()
        try #require(
          simulation.violations.isEmpty, "seed \(seed): \(simulation.violations.prefix(3))")
      }
      let canFinish = pieces == 0 || peers.contains { $0.character == .truthful }
      if canFinish { #expect(ending == .finished, "seed \(seed): \(peers)") }
    }
  }
}
