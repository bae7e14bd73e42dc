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

  /// Virtual servers that are searched from, each once for every kind of search.
  var searches: Int
  var seed: UInt64

  static let shares = [0.5, 0.1, 0.01]
  /// Beyond this `everywhere` is not compared.
  static let everywhereLimit = 1_000

  func run(sizes: [Int]) throws -> [Point] {
    try sizes.flatMap { try points(of: PlacedNetwork(virtualServers: $0, seed: seed)) }
  }

  private struct Kind: Hashable {
    var scope: SearchScope
    var share: Double
  }

  func points(of network: PlacedNetwork) throws -> [Point] {
    let scopes: [SearchScope] =
      network.servers.count <= Self.everywhereLimit ? [.nearest, .everywhere] : [.nearest]
    let kinds = scopes.flatMap { scope in Self.shares.map { Kind(scope: scope, share: $0) } }
    var courses: [Kind: [(outcome: SimulatedSearch.Outcome, processorSeconds: Double)]] = [:]
    var generator = SplitMix(state: seed &+ UInt64(network.servers.count))
    for _ in 0..<searches {
      let place = generator.number(in: 0...network.servers.count - 1)
      let answerSeed = generator.next()
      // Ordering costs more than all of the searches, so they share it.
      let (servers, latencies) = network.seen(from: place)
      for kind in kinds {
        var search = SimulatedSearch(
          servers, latencies: latencies,
          answers: SimulatedAnswers(share: kind.share, seed: answerSeed), scope: kind.scope)
        courses[kind, default: []].append(try search.run())
      }
    }
    return kinds.map { Point($0.scope, $0.share, network.servers.count, courses[$0] ?? []) }
  }
}

extension GrowthTrial.Point {
  fileprivate init(
    _ scope: SearchScope, _ share: Double, _ servers: Int,
    _ courses: [(outcome: SimulatedSearch.Outcome, processorSeconds: Double)]
  ) {
    let outcomes = courses.map(\.outcome)
    self.init(
      scope: scope, share: share, servers: servers,
      asked: outcomes.map { Double($0.asked) }.mean,
      messages: outcomes.map { Double($0.messages) }.mean,
      kilobytes: outcomes.map { Double($0.bytes) / 1_000 }.mean,
      firstMilliseconds: outcomes.compactMap { $0.first.map { $0.inSeconds * 1_000 } }.mean,
      lastMilliseconds: outcomes.map { $0.last.inSeconds * 1_000 }.mean,
      hits: outcomes.map { Double($0.hits) }.mean,
      processorMilliseconds: courses.map { $0.processorSeconds * 1_000 }.median)
  }
}
