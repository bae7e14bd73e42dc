public import SearchModel

/// One search of many virtual servers, as a state machine: events come in with their time, and what
/// is to be asked and shown goes out. It knows no socket, clock or engine.
///
/// The search goes in stages. Each covers one ring more than the one before (`everywhere`: all rings
/// at once after the own group), and in each all servers covered are handed the sum of their
/// statistics, so that their weights are those of one index. What one stage found is shown while the
/// next is asked. A server that fails costs its own answer; a stage that it was counted in is matched
/// again without it where time allows.
///
/// ```swift
/// var cascade = CascadeMachine(request, scope: .nearest, servers: nearestFirst) { directory[$0] }
/// for action in cascade.handle(.began, at: .zero) { perform(action) }
/// ```
public struct CascadeMachine: Sendable {
  public let request: SearchRequest
  public let scope: SearchScope
  public let limits: CascadeLimits

  let merging: any RankMerging
  let foreknowledge: @Sendable (ServerIdentifier) -> Foreknowledge
  /// Whether a server may have a file of this content.
  let mayHold: @Sendable (ServerIdentifier, ContentHash) -> Bool
  let check: ReplyCheck
  var plan: RingPlan
  var now: Duration = .zero
  var actions: [CascadeAction] = []

  /// Those that the search came to, in the order of their nearness.
  var covered: [ServerIdentifier] = []
  var states: [ServerIdentifier: ServerState] = [:]

  var phase = Phase.beginning
  var round: Round?
  var correctionCount = 0
  var stageBegan: Duration = .zero
  /// When those are to be matched that gave their statistics; nil where nobody is waited for.
  var nextPreview: Duration?
  /// What the last whole stage came to.
  var result: StageResult?
  var lastPublication: Duration?
  /// When there is more to show that came too soon after the last; nil where there is not.
  var nextPublication: Duration?
  /// Whose answers were shown last.
  var shown: Set<ServerIdentifier> = []
  /// The last answer of each server, by whatever sum of statistics; none of one that failed.
  var heard: [ServerIdentifier: SearchAnswer] = [:]
  /// Servers of whose answers not all is held.
  var shortened: Set<ServerIdentifier> = []
  /// What servers answered that were asked for further copies of the page's files.
  var sources: [ServerIdentifier: [Hit]] = [:]

  var lastAsk = 0
  var waitingAsks: [Ask] = []
  var openAsks: [AskNumber: Ask] = [:]

  /// - Parameters:
  ///   - request: its statistics are ignored. At most `offset + limit` hits are asked of each server.
  ///   - servers: nearest first, the own group's at the front; each once.
  ///   - leaves: the keys that the query has in statistics; others are dropped. Nil for any.
  ///   - merging: how rankings become one.
  ///   - foreknowledge: what is known of a server before it is asked; the same throughout a search.
  ///   - mayHold: whether a server may have a file of this content; false only where that is certain.
  public init(
    _ request: SearchRequest, scope: SearchScope, servers: [CascadeServer],
    limits: CascadeLimits = CascadeLimits(), leaves: Set<String>? = nil,
    merging: any RankMerging = ExactMerging(),
    foreknowledge: @escaping @Sendable (ServerIdentifier) -> Foreknowledge = { _ in .init() },
    mayHold: @escaping @Sendable (ServerIdentifier, ContentHash) -> Bool = { _, _ in true }
  ) {
    var request = request
    request.statistics = nil
    self.request = request
    self.scope = scope
    self.limits = limits
    self.merging = merging
    self.foreknowledge = foreknowledge
    self.mayHold = mayHold
    check = ReplyCheck(limits: limits, leaves: leaves)
    plan = RingPlan(servers, scope: scope, width: limits.ringWidth)
  }

  /// Whether the last answer is out.
  public var isFinished: Bool { phase == .finished }

  /// When ``CascadeEvent/woke`` is wanted at the latest; nil for never.
  public var nextWake: Duration? {
    switch phase {
    case .beginning, .finished: nil
    case .statistics(let until), .matching(let until), .sources(let until):
      min(
        until, limits.deadline, nextFreePlace ?? until, nextPublication ?? until,
        nextPreview ?? until)
    }
  }

  /// Takes one event. Answers to questions that were cancelled, and repeated ones, change nothing.
  ///
  /// - Parameter time: since the search began; never less than before.
  /// - Returns: what to do, in order.
  public mutating func handle(_ event: CascadeEvent, at time: Duration) -> [CascadeAction] {
    now = max(now, time)
    actions = []
    guard !isFinished else { return [] }
    switch event {
    case .began, .woke: break
    case .statistics(let number, let statistics): take(statistics, for: number)
    case .matches(let number, let reply): take(reply, for: number)
    case .failed(let number, let failure): take(failure, for: number)
    }
    advance()
    askMore()
    return actions
  }

  enum Phase: Equatable, Sendable {
    case beginning
    /// Statistics of the servers covered are awaited, until then at the latest.
    case statistics(until: Duration)
    case matching(until: Duration)
    /// Other servers are asked for further copies of what stands on the page.
    case sources(until: Duration)
    case finished
  }

  /// Goes on for as long as nothing need be waited for.
  private mutating func advance() {
    while true {
      if now >= limits.deadline { return finishAtDeadline() }
      switch phase {
      case .finished: return
      case .beginning: openStage()
      case .statistics(let until):
        guard now >= until || !isAwaiting(.statistics) else {
          previewIfDue()
          return improveIfDue()
        }
        giveUp(.statistics)
        beginRound()
      case .matching(let until):
        guard now >= until || !isAwaiting(.matches) else { return improveIfDue() }
        if extendLastStage() { return improveIfDue() }
        giveUp(.matches)
        endRound()
      case .sources(let until):
        guard now >= until || !isAwaiting(.sources) else { return }
        finish()
      }
    }
  }

  /// The time until which to wait, given the share of what is left.
  func patience(_ share: Double) -> Duration {
    now + (limits.deadline - now) * share
  }
}

/// A virtual server that the search came to.
struct ServerState: Sendable {
  let server: CascadeServer
  let ring: Int
  /// Why it has no part any more; nil while it has.
  var failure: ServerFailure?
  /// How old the proof is that none of its records matches; nil where there is none.
  var proofAge: Duration?
  var statistics: ServerStatistics?
  var askCount = 0
  var roundTrip: Duration?
  /// How long its last question was waited for in vain.
  var waited: Duration?

  /// Whether it is still to answer, or has.
  var takesPart: Bool { failure == nil && proofAge == nil }

  var isReadyToMatch: Bool { takesPart && statistics != nil }
}

/// One question to one server.
struct Ask: Sendable {
  enum Kind: Hashable, Sendable {
    case statistics
    case matches
    case sources
    /// Matches by a sum that counts no more.
    case overtaken
  }

  let number: AskNumber
  let server: ServerIdentifier
  var kind: Kind
  var request: SearchRequest
  /// The revision that the sum counts on.
  var believed: Revision?
  var sentAt: Duration = .zero
}
