import MemoryEngine
import RouterBands
import SearchModel

@testable import Cascade

/// Virtual servers with real engines, and a clock that only events move.
struct SimulatedNetwork {
  /// What a server does when it is asked.
  enum Conduct {
    case honest
    /// Does not answer.
    case hanging
    /// Cannot be reached.
    case dead
    /// Answers statistics and then no more.
    case silentAfterStatistics
    /// Answers statistics; then the connection ends.
    case dyingAfterStatistics
    /// Says that it will not.
    case refusing(String)
    /// Says something else than what it has.
    case lying(@Sendable (inout MatchReply) -> Void)
    case lyingAboutStatistics(@Sendable (inout ServerStatistics) -> Void)
    case lyingThroughout(
      @Sendable (inout ServerStatistics) -> Void, @Sendable (inout MatchReply) -> Void)
    /// Publishes this between its statistics and its matches.
    case publishing([RecordChange])
  }

  struct Server {
    var identifier: ServerIdentifier
    var nearness: Nearness
    var engine: any FullTextEngine
    var delay: Duration = .milliseconds(1)
    var conduct = Conduct.honest
    var foreknowledge = Foreknowledge()
  }

  /// What came of a search.
  struct Course {
    var answer: CascadeAnswer
    var finished: Duration
    var improvements: [(at: Duration, answer: CascadeAnswer)] = []
    /// Questions by server.
    var askCounts: [ServerIdentifier: Int] = [:]
    var mostUnderWay = 0
    var cancelled = 0
    /// Hits of one round's answers that were held, and that were asked for and on their way.
    var mostHeld = 0
    var mostHitsUnderWay = 0
    /// All that was to be done, in order.
    var steps: [(at: Duration, action: CascadeAction)] = []
    /// What is known of the servers for the next search.
    var statistics: [ServerIdentifier: ServerStatistics] = [:]
  }

  var servers: [Server]
  var mayHold: @Sendable (ServerIdentifier, ContentHash) -> Bool = { _, _ in true }

  /// Of these servers, whose own groups' engines hold these records.
  static func nearness(_ number: Int, own: Int = 0, band: Int = 0) -> Nearness {
    let relation: Nearness.Relation =
      number <= own ? .ownGroup : number <= own + band ? .sameBand : .otherBand
    return Nearness(
      relation: relation, measured: .milliseconds(number), distance: BandDistance(hops: number),
      key: String(format(number)))
  }

  private static func format(_ number: Int) -> String {
    String(repeating: "0", count: max(0, 6 - String(number).count)) + String(number)
  }

  func machine(
    _ request: SearchRequest, scope: SearchScope, limits: CascadeLimits = CascadeLimits(),
    merging: any RankMerging = ExactMerging()
  ) -> CascadeMachine {
    let ordered = servers.sorted { $0.nearness < $1.nearness }
    let known = Dictionary(
      uniqueKeysWithValues: servers.map { ($0.identifier, $0.foreknowledge) })
    return CascadeMachine(
      request, scope: scope,
      servers: ordered.map { CascadeServer($0.identifier, nearness: $0.nearness) },
      limits: limits, merging: merging,
      foreknowledge: { known[$0] ?? Foreknowledge() }, mayHold: mayHold)
  }

  /// Plays a search to its end.
  func search(
    _ request: SearchRequest, scope: SearchScope = .everywhere,
    limits: CascadeLimits = CascadeLimits(), merging: any RankMerging = ExactMerging()
  ) async throws -> Course {
    var machine = machine(request, scope: scope, limits: limits, merging: merging)
    var play = Play(network: self, query: request.query)
    var actions = machine.handle(.began, at: .zero)
    var (mostHeld, mostHitsUnderWay) = (0, 0)
    while true {
      mostHeld = max(mostHeld, machine.round?.hitCount ?? 0)
      let open = machine.openAsks.values.filter { $0.kind == .matches }
      mostHitsUnderWay = max(mostHitsUnderWay, open.reduce(0) { $0 + $1.request.limit })
      if var course = try await play.perform(actions) {
        course.statistics = machine.statistics
        (course.mostHeld, course.mostHitsUnderWay) = (mostHeld, mostHitsUnderWay)
        return course
      }
      guard let (time, event) = play.next(machine.nextWake) else { throw StoodStill() }
      play.now = time
      actions = machine.handle(event, at: time)
    }
  }

  /// Neither an answer nor a moment to wait for.
  struct StoodStill: Error {}
}

/// The course of one search.
private struct Play {
  let byIdentifier: [ServerIdentifier: SimulatedNetwork.Server]
  let query: Query
  var now: Duration = .zero
  private var pending: [(time: Duration, number: AskNumber, event: CascadeEvent)] = []
  private var underWay: Set<AskNumber> = []
  private var askCounts: [ServerIdentifier: Int] = [:]
  private var improvements: [(at: Duration, answer: CascadeAnswer)] = []
  private var mostUnderWay = 0
  private var cancelled = 0
  private var steps: [(at: Duration, action: CascadeAction)] = []

  init(network: SimulatedNetwork, query: Query) {
    byIdentifier = Dictionary(uniqueKeysWithValues: network.servers.map { ($0.identifier, $0) })
    self.query = query
  }

  /// The next thing that happens.
  mutating func next(_ wake: Duration?) -> (Duration, CascadeEvent)? {
    let first = pending.indices.min {
      (pending[$0].time, pending[$0].number) < (pending[$1].time, pending[$1].number)
    }
    guard let first, wake.map({ pending[first].time <= $0 }) ?? true else {
      return wake.map { ($0, .woke) }
    }
    let event = pending.remove(at: first)
    underWay.remove(event.number)
    return (event.time, event.event)
  }

  mutating func perform(_ actions: [CascadeAction]) async throws -> SimulatedNetwork.Course? {
    for action in actions {
      steps.append((now, action))
      switch action {
      case .askStatistics(let number, let server):
        try await answerStatistics(number, server)
      case .askMatches(let number, let server, let request, let believed):
        try await answerMatches(number, server, request, believed)
      case .cancel(let number):
        pending.removeAll { $0.number == number }
        underWay.remove(number)
        cancelled += 1
      case .improve(let answer): improvements.append((now, answer))
      case .finish(let answer):
        return SimulatedNetwork.Course(
          answer: answer, finished: now, improvements: improvements, askCounts: askCounts,
          mostUnderWay: mostUnderWay, cancelled: cancelled, steps: steps)
      }
    }
    return nil
  }

  private mutating func note(_ number: AskNumber, _ server: ServerIdentifier) {
    askCounts[server, default: 0] += 1
    underWay.insert(number)
    mostUnderWay = max(mostUnderWay, underWay.count)
  }

  private mutating func answerStatistics(
    _ number: AskNumber, _ identifier: ServerIdentifier
  ) async throws {
    note(number, identifier)
    guard let server = byIdentifier[identifier] else { return }
    switch server.conduct {
    case .hanging: return
    case .dead: return fail(number, server, .unreachable("Nobody is there."))
    case .refusing(let reason): return fail(number, server, .refused(reason))
    default: break
    }
    var reply = try await server.statistics(for: query)
    switch server.conduct {
    case .lyingAboutStatistics(let lie), .lyingThroughout(let lie, _): lie(&reply)
    default: break
    }
    if case .publishing(let changes) = server.conduct {
      try await server.engine.apply(changes)
      _ = try await server.engine.commit(notes: [:])
    }
    pending.append((now + server.delay, number, .statistics(number, reply)))
  }

  private mutating func answerMatches(
    _ number: AskNumber, _ identifier: ServerIdentifier, _ request: SearchRequest,
    _ believed: Revision?
  ) async throws {
    note(number, identifier)
    guard let server = byIdentifier[identifier] else { return }
    switch server.conduct {
    case .hanging, .silentAfterStatistics: return
    case .dead: return fail(number, server, .unreachable("Nobody is there."))
    case .dyingAfterStatistics:
      return fail(number, server, .unreachable("The connection ended."))
    case .refusing(let reason): return fail(number, server, .refused(reason))
    default: break
    }
    var reply = MatchReply(answer: try await server.engine.search(request))
    if reply.answer.revision != believed {
      reply.statistics = try await server.statistics(for: request.query)
    }
    switch server.conduct {
    case .lying(let lie), .lyingThroughout(_, let lie): lie(&reply)
    default: break
    }
    pending.append((now + server.delay, number, .matches(number, reply)))
  }

  private mutating func fail(
    _ number: AskNumber, _ server: SimulatedNetwork.Server, _ failure: ServerFailure
  ) {
    pending.append((now + server.delay, number, .failed(number, failure)))
  }
}

extension SimulatedNetwork.Server {
  func statistics(for query: Query) async throws -> ServerStatistics {
    ServerStatistics(
      revision: try await engine.revision(), statistics: try await engine.statistics(for: query))
  }
}
