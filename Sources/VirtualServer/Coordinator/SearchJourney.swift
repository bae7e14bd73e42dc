import Cascade
import Protocol
import SearchModel
import Synchronization

/// What the steps of one person's search came to together: which virtual servers it covers, and where
/// its hits are from.
///
/// A class with a lock, because the steps run behind ``SearchModel/SearchableIndex``, which knows
/// nothing of coverage.
final class SearchJourney: Sendable {
  private struct State {
    var reports: [ServerIdentifier: ServerReport] = [:]
    var serverCount = 0
    var ranOutOfTime = false
    var isExact = true
    var origins: [RecordKey: ServerIdentifier] = [:]
    var sources: [ServerIdentifier: Set<FileSource>] = [:]

    mutating func add(_ hits: [MergedHit]) {
      for hit in hits { origins.merge(hit.origins) { first, _ in first } }
    }
  }

  private let state = Mutex(State())

  /// One step is over.
  ///
  /// - Parameter isOfPage: whether its hits are on the page that is being made; false for a step that
  ///   only finds something out.
  func note(_ answer: CascadeAnswer, isOfPage: Bool = true) {
    state.withLock { state in
      for report in answer.reports {
        state.reports[report.identifier] =
          state.reports[report.identifier].map { $0.joined(with: report) } ?? report
      }
      let completeness = answer.completeness
      if completeness.restCount > 0, completeness.restOutcome == .timedOut {
        // Time ran out before this step came to them: what they answered before is not all.
        let heard = Set(answer.reports.map(\.identifier))
        for server in state.reports.keys where !heard.contains(server) {
          state.reports[server]?.outcome = .timedOut
        }
        state.isExact = false
      }
      state.serverCount = max(state.serverCount, completeness.count)
      if completeness.restCount > 0, completeness.restOutcome == .timedOut {
        state.ranOutOfTime = true
      }
      state.isExact = state.isExact && answer.isExact
      if isOfPage { state.add(answer.hits) }
    }
  }

  /// Time was over before a step began, and only the own group was asked.
  func noteLateness() {
    state.withLock { state in
      for (server, report) in state.reports where report.ring > 0 && report.outcome == .answered {
        state.reports[server]?.outcome = .timedOut
      }
      state.ranOutOfTime = true
      state.isExact = state.isExact && state.serverCount <= 1
    }
  }

  /// Who has the files of a server's answer.
  @Sendable func take(_ sources: [FileSource], of server: ServerIdentifier) {
    state.withLock { $0.sources[server, default: []].formUnion(sources) }
  }

  /// The sources of records, as the servers said that these are from; nil where none is known.
  private func sources(of origins: [RecordKey: ServerIdentifier]) -> [FileSource]? {
    let told = state.withLock { $0.sources }
    var owners: [ServerIdentifier: Set<String>] = [:]
    for (key, server) in origins {
      if let owner = KeySpace.prefix(of: key) { owners[server, default: []].insert(owner) }
    }
    let found = owners.flatMap { server, owners in
      (told[server] ?? []).filter { owners.contains(KeySpace(of: $0.node).prefix) }
    }
    // Two virtual servers may both know a node that went from one to the other.
    return found.isEmpty ? nil : Set(found).sorted { $0.node < $1.node }
  }

  /// Whether a step that is over found anything.
  var hasHits: Bool { state.withLock { !$0.origins.isEmpty } }

  /// What the search covers so far.
  ///
  /// - Parameter improvement: an answer of the step that is under way.
  func coverage(
    improvement: CascadeAnswer? = nil, scope: SearchScope, elapsed: Duration,
    directory: (ServerIdentifier) -> (host: String, band: String)
  ) -> CascadeCoverage {
    if let improvement {
      let journey = SearchJourney()
      journey.note(improvement)
      for (server, sources) in state.withLock({ $0.sources }) {
        journey.take(Array(sources), of: server)
      }
      return journey.coverage(scope: scope, elapsed: elapsed, directory: directory)
    }
    let sources = sources(of: state.withLock { $0.origins })
    return state.withLock { state in
      let reports = state.reports.values.sorted {
        ($0.ring, $0.roundTrip ?? .zero, $0.identifier)
          < ($1.ring, $1.roundTrip ?? .zero, $1.identifier)
      }
      var completeness = Completeness(
        restCount: max(0, state.serverCount - reports.count),
        restOutcome: state.ranOutOfTime ? .timedOut : .notNeeded)
      for report in reports {
        completeness.outcomes[report.identifier.description] = report.outcome
      }
      let servers = reports.map { report in
        let (host, band) = directory(report.identifier)
        return CascadeCoverage.Server(report, host: host, band: band)
      }
      var origins: [String: UInt64] = [:]
      for (key, server) in state.origins { origins[key.value] = server.number }
      return CascadeCoverage(
        scope: scope.rawValue, completeness: completeness, servers: servers,
        isExact: state.isExact, elapsed: elapsed.milliseconds, origins: origins,
        sources: sources)
    }
  }
}

extension ServerReport {
  /// What two steps say of one server. Where one of them failed, a match may be missing.
  fileprivate func joined(with later: ServerReport) -> ServerReport {
    var joined = later.weight > weight ? later : self
    joined.askCount = askCount + later.askCount
    joined.roundTrip = later.roundTrip ?? roundTrip
    return joined
  }

  private var weight: Int {
    switch outcome {
    case .notNeeded: 0
    case .pruned: 1
    case .answered: 2
    case .timedOut, .unreachable, .refused: 3
    }
  }
}

extension CascadeCoverage.Server {
  fileprivate init(_ report: ServerReport, host: String, band: String) {
    var reason = report.reason
    if let age = report.proofAge, report.outcome == .pruned {
      reason = "Its terms, as they were \(Int(age.milliseconds)) ms ago, match nothing."
    }
    self.init(
      group: report.identifier.number, host: host, band: band, ring: report.ring,
      outcome: report.outcome, reason: reason, roundTrip: report.roundTrip?.milliseconds,
      messageCount: report.ring == 0 ? 0 : report.askCount)
  }
}

extension Duration {
  var milliseconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) * 1e3 + Double(attoseconds) / 1e15
  }
}
