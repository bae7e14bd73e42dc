import Cascade
import Testing

@testable import NearfindCommands

/// What a search costs as the network grows, by the simulator. The figures are drawn with a seed, and
/// so the same on every machine; the processor's time is not judged.
@Suite struct GrowthTrialTests {
  @Test func theSameSeedGivesTheSameFigures() throws {
    func figures(seed: UInt64) throws -> [GrowthTrial.Point] {
      try GrowthTrial(searches: 10, seed: seed).run(sizes: [10, 60]).map { point in
        var point = point
        point.processorMilliseconds = 0
        return point
      }
    }
    let points = try figures(seed: 7)
    #expect(try figures(seed: 7) == points)
    #expect(try figures(seed: 8) != points)
    #expect(points.count == 12)
  }

  /// A page that the near ones fill costs the same, however many far ones there are.
  @Test func aNearAnswerCostsTheSameInALargeNetwork() throws {
    let trial = GrowthTrial(searches: 60, seed: 3)
    func near(of servers: Int) throws -> [GrowthTrial.Point] {
      try trial.points(of: PlacedNetwork(virtualServers: servers, seed: trial.seed))
        // Of what only few groups have, a hundred groups do not fill a page.
        .filter { $0.scope == .nearest && $0.share >= 0.1 }
    }
    for (small, large) in zip(try near(of: 100), try near(of: 10_000)) {
      #expect(large.messages <= 1.2 * small.messages, "matches in \(small.shareText)")
      #expect(large.lastMilliseconds <= 1.5 * small.lastMilliseconds)
      #expect(small.hits > 9.9 && large.hits > 9.9)
    }
  }

  @Test func everywhereAsksAllThatMayHaveAMatch() throws {
    let network = PlacedNetwork(virtualServers: 100, seed: 5)
    let (servers, latencies) = network.seen(from: 42)
    let answers = SimulatedAnswers(share: 0.3, seed: 9)
    var search = SimulatedSearch(
      servers, latencies: latencies, answers: answers, scope: .everywhere)
    let outcome = try search.run().outcome
    let others = servers.dropFirst().map(\.identifier)
    let possible = others.filter { !answers.isProvenEmpty($0) }
    #expect(outcome.asked == possible.count)
    // Statistics and matches of each.
    #expect(outcome.messages == 2 * possible.count)
  }

  @Test func placementMakesAsManyVirtualServersAndOrdersThem() {
    let network = PlacedNetwork(virtualServers: 120, seed: 1)
    #expect(network.servers.count == 120)
    // The clients of all but the last groups joined too.
    #expect(network.nodeCount > 240)
    let (servers, latencies) = network.seen(from: 3)
    #expect(servers.first?.identifier == network.servers[3].identifier)
    #expect(servers.map(\.nearness) == servers.map(\.nearness).sorted())
    #expect(Set(servers.map(\.identifier)).count == 120)
    let far = servers.last.flatMap { latencies[$0.identifier] }
    #expect(far ?? .zero > .milliseconds(1))
  }
}
