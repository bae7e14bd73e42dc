import Cascade
import Protocol
import SearchModel
import Synchronization

/// Takes the searches of a group and has the virtual servers answer them, nearest first: keeps what
/// is known of those, and plays cascades over them. It sends nothing to the central server.
final class Coordinator: Sendable {
  private struct State {
    var directory: ServerDirectory
    var reachability = Reachability()
    var cache = StatisticsCache()
    var filters = FilterBook()
  }

  let index: GatedIndex
  private let client: PeerClient
  let gates = DestinationGates()
  /// By which what is known of others grows old.
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state: Mutex<State>

  /// Filters that are fetched at the same time.
  private static let filterFetches = 8

  /// Filters that wait for that or are being fetched.
  private static let filtersPending = 1_000

  /// - Parameter host: the node that it runs on.
  init(
    host: NodeIdentity, index: GatedIndex, client: PeerClient,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.index = index
    self.client = client
    self.now = now
    state = Mutex(State(directory: ServerDirectory(host: host.node.text)))
  }

  // MARK: What is known

  func serve(group: UInt64) {
    state.withLock { $0.directory.ownGroup = group }
  }

  func take(_ delta: DirectoryDelta) {
    state.withLock { state in
      state.directory.apply(delta)
      let changed = (delta.entries.map(\.group) + delta.removed).map { ServerIdentifier($0) }
      state.reachability.forget(changed)
      state.filters.forget(changed)
    }
  }

  /// The node that a virtual server runs on, and its band; empty where they are not known.
  func place(of server: ServerIdentifier) -> (host: String, band: String) {
    state.withLock { state in
      if server.number == state.directory.ownGroup {
        return (state.directory.host, state.directory.ownBand ?? "")
      }
      let entry = state.directory.entry(of: server)
      return (entry?.host ?? "", entry?.band ?? "")
    }
  }

  /// Those of a scope, the own group first, apart from those that did not answer a moment ago and
  /// are left alone for a while.
  func servers(
    in scope: SearchScope
  ) -> (reachable: [ServerIdentifier], paused: [ServerIdentifier]) {
    let now = ContinuousClock.now
    var reachable: [ServerIdentifier] = []
    var paused: [ServerIdentifier] = []
    state.withLock { state in
      for server in state.directory.nearestFirst() {
        let isMeant =
          switch scope {
          case .group: server.nearness.relation == .ownGroup
          case .band: server.nearness.relation <= .sameBand
          case .nearest, .everywhere: true
          }
        guard isMeant else { continue }
        if state.reachability.isUnreachable(server.identifier, at: now) {
          paused.append(server.identifier)
        } else {
          reachable.append(server.identifier)
        }
      }
    }
    return (reachable, paused)
  }

  /// Whether a filter of its terms proves that a server holds no match.
  func isProvenEmpty(_ server: ServerIdentifier, for query: Query) -> Bool {
    let requirement = index.index.engine.requirement(of: query)
    return state.withLock { state in
      server.number != state.directory.ownGroup
        && !state.filters.mayHold(requirement, server, at: .now)
    }
  }

  private func entry(of server: ServerIdentifier) -> DirectoryEntry? {
    state.withLock { $0.directory.entry(of: server) }
  }

  // MARK: Searching

  /// Plays one cascade.
  ///
  /// - Parameters:
  ///   - start: when the search began, of which this may be a later step.
  ///   - deadline: counted from there.
  ///   - told: is told who has the files of a server's answer.
  /// - Throws: `CancellationError` when nobody waits any more.
  func cascade(
    _ request: SearchRequest, scope: SearchScope, start: ContinuousClock.Instant,
    deadline: Duration, told: @escaping @Sendable ([FileSource], ServerIdentifier) -> Void,
    improve: @escaping @Sendable (CascadeAnswer) -> Void
  ) async throws -> CascadeAnswer {
    let servers = state.withLock { $0.directory.nearestFirst() }
    var limits = CascadeLimits()
    limits.deadline = deadline
    let machine = machine(request, scope, servers, limits)
    var peers = peers()
    peers.told = told
    let run = CascadeRun(peers: peers, start: start)
    let (ended, answer) = try await run.run(machine, improve: improve)
    note(ended, answer)
    fetchFilters(of: answer.reports.filter { $0.ring > 0 }.map(\.identifier))
    return answer
  }

  func peers() -> NetworkPeers {
    let own = ServerIdentifier(state.withLock { $0.directory.ownGroup } ?? 0)
    return NetworkPeers(own: own, index: index, client: client, gates: gates) { [self] in
      entry(of: $0)
    }
  }

  private func machine(
    _ request: SearchRequest, _ scope: SearchScope, _ servers: [CascadeServer],
    _ limits: CascadeLimits
  ) -> CascadeMachine {
    let engine = index.index.engine
    let requirement = engine.requirement(of: request.query)
    let now = now()
    // Copies: what is learned meanwhile is for the next search.
    let (reachability, filters, own, statistics) = state.withLock { state in
      (
        state.reachability, state.filters, state.directory.ownGroup,
        state.cache.statistics(for: request.query)
      )
    }
    return CascadeMachine(
      request, scope: scope, servers: servers, limits: limits,
      leaves: engine.statisticsKeys(of: request.query),
      foreknowledge: { server in
        if server.number == own { return Foreknowledge() }
        return Foreknowledge(
          proofAge: filters.proofAge(of: server, against: requirement, at: now),
          isUnreachable: reachability.isUnreachable(server, at: now),
          statistics: statistics[server])
      },
      mayHold: { server, hash in
        if server.number == own { return true }
        let content = engine.requirement(of: .filter(.contentHash(hash)))
        return filters.mayHold(content, server, at: now)
      })
  }

  private func note(_ machine: CascadeMachine, _ answer: CascadeAnswer) {
    let now = now()
    state.withLock { state in
      let own = ServerIdentifier(state.directory.ownGroup ?? 0)
      state.cache.keep(
        machine.statistics.filter { $0.key != own }, for: machine.request.query)
      for report in answer.reports where report.askCount > 0 && report.identifier != own {
        switch report.outcome {
        case .unreachable: state.reachability.failed(report.identifier, at: now)
        case .answered:
          state.reachability.answered(report.identifier)
          if let time = report.roundTrip {
            state.directory.note(roundTrip: time, of: report.identifier)
          }
        case .timedOut where (report.waited ?? .zero) >= Reachability.silence:
          state.reachability.failed(report.identifier, at: now)
        case .pruned, .notNeeded, .timedOut, .refused: break
        }
      }
    }
  }

  // MARK: Filters

  /// Fetches or confirms, beside everything else, the filters of servers that searches come to.
  func fetchFilters(of servers: [ServerIdentifier]) {
    let due = state.withLock {
      $0.filters.due(among: servers, limit: Self.filtersPending, at: now())
    }
    guard !due.isEmpty else { return }
    Task(priority: .utility) { [self] in
      await withTaskGroup(of: Void.self) { group in
        var waiting = due.makeIterator()
        func fetchNext() {
          guard let (server, known) = waiting.next() else { return }
          group.addTask { await self.fetchFilter(of: server, known: known) }
        }
        for _ in 0..<Self.filterFetches { fetchNext() }
        // Each once: what is due again by then is for the next search.
        while await group.next() != nil { fetchNext() }
      }
    }
  }

  private func fetchFilter(of server: ServerIdentifier, known: Revision?) async {
    let asked = now()
    do {
      let answer: FilterAnswer = try await peers().send(
        .post("/v1/filter", FilterRequest(known: known), isRepeatable: true), to: server,
        limits: TermFilter.json)
      if answer.isTooLarge {
        state.withLock { $0.filters.tooLarge(server, at: now()) }
        return
      }
      let right = asked - .milliseconds(min(max(0, answer.age), 3_600_000))
      guard let text = answer.filter else {
        state.withLock { $0.filters.confirmed(server, revision: answer.revision, at: right) }
        return
      }
      let (filter, byteCount) = try TermFilter.decoded(fromBase64: text)
      state.withLock { $0.filters.put(filter, byteCount: byteCount, of: server, at: right) }
    } catch {
      // Without a filter the server is asked; that is all.
      state.withLock { $0.filters.failed(server, at: now()) }
    }
  }
}
