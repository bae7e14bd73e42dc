import Cascade

/// The same searches in networks of growing size.
struct GrowthTrial {
  /// Searches of one kind in one network.
  struct Point: Equatable {
    var scope: SearchScope
    /// The part of the virtual servers that has matches.
    var share: Double
    var servers: Int
    /// Means, the times and bytes too.
    var asked: Double
    var messages: Double
    var kilobytes: Double
    var firstMilliseconds: Double
    var lastMilliseconds: Double
    var hits: Double
    /// The median; the one figure that is measured and not drawn.
    var processorMilliseconds: Double
  }

  var searches: Int
  var seed: UInt64

  static let shares = [0.5, 0.1, 0.01]
  /// Beyond this `everywhere` is not compared.
  static let everywhereLimit = 1_000
  private static let askers = 10

  func run(sizes: [Int]) throws -> [Point] {
    var points: [Point] = []
    for size in sizes {
      let network = PlacedNetwork(virtualServers: size, seed: seed)
      for share in Self.shares {
        points.append(try point(.nearest, share, network))
        if size <= Self.everywhereLimit {
          points.append(try point(.everywhere, share, network))
        }
      }
    }
    return points
  }

  func point(
    _ scope: SearchScope, _ share: Double, _ network: PlacedNetwork
  ) throws -> Point {
    var outcomes: [SimulatedSearch.Outcome] = []
    var processor: [Double] = []
    var generator = SplitMix(state: seed &+ UInt64(network.servers.count))
    let perAsker = max(1, searches / Self.askers)
    for _ in 0..<min(searches, Self.askers) {
      let place = generator.number(in: 0...network.servers.count - 1)
      let (servers, latencies) = network.seen(from: place)
      for _ in 0..<perAsker {
        let answers = SimulatedAnswers(share: share, seed: generator.next())
        var search = SimulatedSearch(
          servers, latencies: latencies, answers: answers, scope: scope)
        let (outcome, seconds) = try search.run()
        outcomes.append(outcome)
        processor.append(seconds * 1_000)
      }
    }
    return Point(
      scope: scope, share: share, servers: network.servers.count,
      asked: outcomes.map { Double($0.asked) }.mean,
      messages: outcomes.map { Double($0.messages) }.mean,
      kilobytes: outcomes.map { Double($0.bytes) / 1_000 }.mean,
      firstMilliseconds: outcomes.compactMap { $0.first.map { $0.inSeconds * 1_000 } }.mean,
      lastMilliseconds: outcomes.map { $0.last.inSeconds * 1_000 }.mean,
      hits: outcomes.map { Double($0.hits) }.mean, processorMilliseconds: processor.median)
  }
}
