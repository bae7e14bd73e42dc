import Cascade
import Foundation
import Protocol
import SearchModel

/// One search of a simulated network by the program's own `CascadeMachine`, with a clock that only
/// events move.
struct SimulatedSearch {
  struct Outcome: Equatable {
    var asked = 0
    var messages = 0
    /// Of the messages' text, questions and answers.
    var bytes = 0
    var first: Duration?
    var last: Duration = .zero
    var hits = 0
  }

  let servers: [CascadeServer]
  let latencies: [ServerIdentifier: Duration]
  let answers: SimulatedAnswers
  let scope: SearchScope
  let limit = 10

  /// A coordinator keeps 64 MiB of filters, those of about so many virtual servers.
  private static let filtersKept = 1_000

  private var pending: [(time: Duration, number: AskNumber, event: CascadeEvent)] = []
  private var outcome = Outcome()
  private var asked: Set<ServerIdentifier> = []
  private var now: Duration = .zero

  init(
    _ servers: [CascadeServer], latencies: [ServerIdentifier: Duration],
    answers: SimulatedAnswers, scope: SearchScope
  ) {
    self.servers = servers
    self.latencies = latencies
    self.answers = answers
    self.scope = scope
  }

  /// - Returns: what came of it, and the processor's seconds that the machine took.
  mutating func run() throws -> (outcome: Outcome, processorSeconds: Double) {
    let answers = answers
    let filtered = Set(servers.prefix(Self.filtersKept).map(\.identifier))
    let own = servers.first?.identifier
    var processor = Self.processorTime()
    var seconds = 0.0
    var machine = CascadeMachine(
      SearchRequest(query: answers.query, limit: limit), scope: scope, servers: servers,
      foreknowledge: { server in
        let isProven = server != own && filtered.contains(server) && answers.isProvenEmpty(server)
        return Foreknowledge(proofAge: isProven ? .seconds(1) : nil)
      })
    var actions = machine.handle(.began, at: .zero)
    seconds += Self.processorTime() - processor
    while true {
      if try perform(actions) { break }
      let (time, event) = try next(machine.nextWake)
      now = time
      processor = Self.processorTime()
      actions = machine.handle(event, at: time)
      seconds += Self.processorTime() - processor
    }
    outcome.asked = asked.count
    return (outcome, seconds)
  }

  private struct StoodStill: Error {}

  private mutating func next(_ wake: Duration?) throws -> (Duration, CascadeEvent) {
    let first = pending.indices.min {
      (pending[$0].time, pending[$0].number) < (pending[$1].time, pending[$1].number)
    }
    guard let first, wake.map({ pending[first].time <= $0 }) ?? true else {
      guard let wake else { throw StoodStill() }
      return (wake, .woke)
    }
    let event = pending.remove(at: first)
    return (event.time, event.event)
  }

  /// - Returns: whether that was the end.
  private mutating func perform(_ actions: [CascadeAction]) throws -> Bool {
    for action in actions {
      switch action {
      case .askStatistics(let number, let server):
        let answer = answers.statistics(server)
        let statistics = ServerStatistics(
          revision: answer.revision, statistics: answer.statistics)
        try send(StatisticsRequest(query: answers.query), answer, to: server)
        pending.append((arrival(server, number), number, .statistics(number, statistics)))
      case .askMatches(let number, let server, let request, let believed):
        let answer = answers.matches(server, limit: request.limit)
        try send(MatchRequest(request: request, believed: believed), answer, to: server)
        pending.append(
          (arrival(server, number), number, .matches(number, MatchReply(answer: answer.answer))))
      case .cancel(let number): pending.removeAll { $0.number == number }
      case .improve(let answer):
        if outcome.first == nil, !answer.hits.isEmpty { outcome.first = now }
      case .finish(let answer):
        if outcome.first == nil, !answer.hits.isEmpty { outcome.first = now }
        outcome.last = now
        outcome.hits = answer.hits.count
        return true
      }
    }
    return false
  }

  private mutating func send(
    _ question: some Encodable, _ answer: some Encodable, to server: ServerIdentifier
  ) throws {
    // The own group's index needs no message.
    guard server != servers.first?.identifier else { return }
    asked.insert(server)
    outcome.messages += 1
    outcome.bytes += try BoundedJSON.encode(question).count + BoundedJSON.encode(answer).count
  }

  /// The way there and back, up to half as much again for what else goes that way, and the search.
  private func arrival(_ server: ServerIdentifier, _ number: AskNumber) -> Duration {
    var generator = SplitMix(state: answers.seed &+ server.number &* 7 &+ UInt64(pending.count))
    let work = Duration.microseconds(500 + generator.number(in: 0...3_000))
    guard server != servers.first?.identifier else { return now + work }
    let way = (latencies[server] ?? .zero) + .microseconds(400)
    return now + work + way * (1 + generator.fraction() / 2)
  }

  /// Of this thread.
  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
