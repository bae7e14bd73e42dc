import Protocol
import SearchModel
import Synchronization

/// Searches for the user of this machine: through the group's coordinator where it answers in time,
/// through the standby that keeps a second copy of its index where that does, and the machine's own
/// index otherwise.
struct GroupSearch: Sendable {
  /// How the machine's own index is searched.
  typealias Own = @Sendable (GroupSearchRequest) async throws -> LocalSearchAnswer
  typealias Improve = @Sendable (LocalSearchAnswer) -> Void

  /// How long the group has for a first answer.
  static let patience: Duration = .milliseconds(800)

  /// How long it may take before the standby and the machine's own index are searched beside it.
  static let headStart: Duration = .milliseconds(200)

  /// How much later than the search's deadline the last answer may come.
  static let wayBack: Duration = .milliseconds(300)

  let own: Own
  /// Nil for a machine by itself.
  let client: PeerClient?
  /// By which a server may ask others in this machine's name.
  var mandate: @Sendable (GroupServer) -> Mandate? = { _ in nil }
  let unreachable: @Sendable (GroupServer) -> Void

  private static let standbyAnswered =
    "The virtual server does not answer; the second copy of its index does."
  private static let standbyBrokeOff =
    "The virtual server does not answer, and the second copy of its index broke off its answer."

  /// - Parameters:
  ///   - standby: who has all that the server has; nil for nobody.
  ///   - shortfall: why there is no server to ask; nil for a machine by itself.
  ///   - improve: is called with each answer that is better than the one before; it must not wait.
  /// - Returns: the last answer.
  /// - Throws: ``Protocol/ProblemDocument`` for a page that no group gives, what ``own`` throws,
  ///   `CancellationError`.
  func answer(
    to request: GroupSearchRequest, from server: GroupServer?, standby: GroupServer? = nil,
    shortfall: String?, improve: @escaping Improve = { _ in }
  ) async throws -> LocalSearchAnswer {
    if client != nil { try Self.check(request.request) }
    guard let client, let server else {
      var answer = try await own(request)
      answer.coverage.shortfall = shortfall
      return answer
    }
    // Begun before the group is given up, and not at all where it answers at once.
    let hurry = Bell()
    let ownAnswer = Task { [own] in
      await hurry.wait(atMost: Self.headStart)
      try Task.checkCancellation()
      return try await own(request)
    }
    defer { ownAnswer.cancel() }
    let latest = Latest()
    do {
      return try await ask(server, standby, request, client, latest) { answer in
        ownAnswer.cancel()
        if !answer.isLast { improve(answer) }
      }
    } catch {
      noteFailure(error, of: server)
      try Task.checkCancellation()
      // The server had come too late then, so its own failure is none.
      let hasStandbyBrokenOff =
        latest.value != nil && latest.server == standby && !(error is TimeLimitReached)
      let text = hasStandbyBrokenOff ? Self.standbyBrokeOff : Self.text(of: error)
      // What came before the connection broke is more than this machine has.
      if var answer = latest.value {
        answer.isLast = true
        answer.coverage.shortfall = text
        return answer
      }
      await hurry.ring()
      var answer = try await ownAnswer.value
      answer.coverage.shortfall = text
      return answer
    }
  }

  /// What the group, asked at both places, came to.
  private enum Finding: Sendable {
    case last(LocalSearchAnswer)
    case failure(any Error)
    case standbyFailure
    case headStartIsOver
    case patienceIsOver
  }

  /// The answer of virtual server or standby, the latter asked only when the former fails or takes
  /// its time. Who has the first answer has them all: two rankings are not mixed.
  ///
  /// - Throws: what the virtual server failed with, once nobody is left to answer.
  private func ask(
    _ server: GroupServer, _ standby: GroupServer?, _ request: GroupSearchRequest,
    _ client: PeerClient, _ latest: Latest,
    _ receive: @escaping @Sendable (LocalSearchAnswer) -> Void
  ) async throws -> LocalSearchAnswer {
    let whole = Self.patience + .milliseconds(max(0, request.deadline)) + Self.wayBack
    return try await within(whole) {
      try await withThrowingTaskGroup(of: Finding.self) { group in
        defer { group.cancelAll() }
        group.addTask {
          do {
            return .last(try await stream(from: server, nil, request, client, latest, receive))
          } catch {
            return .failure(error)
          }
        }
        for (limit, finding) in [
          (Self.headStart, Finding.headStartIsOver), (Self.patience, .patienceIsOver),
        ] {
          group.addTask {
            // Time is all that it waits for; cancelled when there is a last answer.
            try await Task.sleep(for: limit)
            return finding
          }
        }
        var toAsk = standby
        var failure: (any Error)?
        var hasStandbyFailed = standby == nil
        while let finding = try await group.next() {
          switch finding {
          case .last(let answer):
            // Said to have failed, so that its successor is asked for.
            if let failure { noteFailure(failure, of: server) }
            return answer
          case .failure(let error):
            failure = error
            if latest.server == server { throw error }
          case .standbyFailure: hasStandbyFailed = true
          case .headStartIsOver: break
          case .patienceIsOver:
            if latest.value == nil { throw TimeLimitReached(limit: Self.patience) }
          }
          if let failure, hasStandbyFailed { throw failure }
          guard let standby = toAsk, latest.value == nil else { continue }
          toAsk = nil
          group.addTask {
            do {
              return .last(
                try await stream(
                  from: standby, Self.standbyAnswered, request, client, latest, receive))
            } catch {
              return .standbyFailure
            }
          }
        }
        throw CancellationError()
      }
    }
  }

  /// Has a server's successor be asked for where it may be gone. One whose answer is not understood
  /// or cannot be true is there all the same.
  private func noteFailure(_ error: any Error, of server: GroupServer) {
    switch error as? PeerClientError {
    case .unreachable, .handshakeRefused, .connectionLost, .timedOut: unreachable(server)
    case .certificate, .unintelligible, .shutDown, nil: break
    }
  }

  /// A group would refuse it, and then only this machine's files be searched.
  private static func check(_ request: SearchRequest) throws(ProblemDocument) {
    guard (0...GroupPage.hitCount).contains(request.limit), request.offset >= 0,
      request.offset <= GroupPage.lastHit - request.limit
    else {
      throw ProblemDocument(
        .malformed, status: 400, title: "The page is too large",
        detail:
          "While nearfind up takes part in a network, a page has at most \(GroupPage.hitCount) "
          + "hits and ends with hit \(GroupPage.lastHit) at the latest.",
        remedy: "Use a smaller --limit or --offset, or ask for something rarer.")
    }
  }

  /// - Throws: `CancellationError` where another has answered before; ``GroupAnswerProblem``.
  private func stream(
    from server: GroupServer, _ shortfall: String?, _ request: GroupSearchRequest,
    _ client: PeerClient, _ latest: Latest,
    _ receive: @escaping @Sendable (LocalSearchAnswer) -> Void
  ) async throws -> LocalSearchAnswer {
    var request = request
    request.mandate = mandate(server)
    let last = try await client.sendImproving(
      .post("/v1/search", request, isRepeatable: true), to: .of(server),
      expecting: .host(of: server), as: GroupSearchAnswer.self
    ) { answer in
      // The end of the stream tells of one that cannot be true; until then it is not there.
      guard GroupAnswerProblem(answer) == nil else { return }
      let answer = LocalSearchAnswer(answer, shortfall: shortfall)
      if latest.set(answer, from: server) { receive(answer) }
    }
    if let problem = GroupAnswerProblem(last) { throw problem }
    guard latest.server == server else { throw CancellationError() }
    return LocalSearchAnswer(last, shortfall: shortfall)
  }

  private static func text(of error: any Error) -> String {
    switch error {
    case let problem as ProblemDocument:
      "The group's virtual server does not answer this machine: \(problem.detail)"
    case PeerClientError.unintelligible, is GroupAnswerProblem:
      "The group's virtual server sends an answer that cannot be used: \(error)"
    case is PeerClientError: "The group's virtual server cannot be reached."
    case is TimeLimitReached: "The group's virtual server did not answer in time."
    default: "The group's virtual server could not be asked: \(error)"
    }
  }
}

/// The best answer so far, and whose it is. With a lock, because it is set where nobody may wait.
private final class Latest: Sendable {
  private let found = Mutex<(answer: LocalSearchAnswer, server: GroupServer)?>(nil)

  var value: LocalSearchAnswer? { found.withLock { $0?.answer } }
  var server: GroupServer? { found.withLock { $0?.server } }

  /// - Returns: whether it counts: nobody else was first.
  func set(_ answer: LocalSearchAnswer, from server: GroupServer) -> Bool {
    found.withLock { found in
      if let found, found.server != server { return false }
      found = (answer, server)
      return true
    }
  }
}

extension LocalSearchAnswer {
  init(_ answer: GroupSearchAnswer, shortfall: String? = nil) {
    let isAlone = answer.coverage.completeness.count <= 1
    self.init(
      answer: answer.answer, spellings: answer.spellings,
      coverage: SearchCoverage(
        scope: isAlone ? .group : .network, recordCount: answer.recordCount,
        incompleteNodes: answer.incompleteNodes, shortfall: shortfall, servers: answer.coverage),
      isLast: answer.isLast)
  }
}
