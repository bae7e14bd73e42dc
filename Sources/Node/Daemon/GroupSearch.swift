import Protocol
import SearchModel

/// Searches for the user of this machine: the group's index where it answers in time, the second copy
/// of it that the group's standby keeps where that does, and the machine's own otherwise.
struct GroupSearch: Sendable {
  /// How the machine's own index is searched.
  typealias Own = @Sendable (GroupSearchRequest) async throws -> LocalSearchAnswer

  /// How long the group has for an answer.
  static let patience: Duration = .milliseconds(800)

  /// How long it may take before the standby and the machine's own index are searched beside it.
  static let headStart: Duration = .milliseconds(200)

  let own: Own
  /// Nil for a machine by itself.
  let client: PeerClient?
  let unreachable: @Sendable (GroupServer) -> Void

  private static let standbyAnswered =
    "The virtual server does not answer; the second copy of its index does."

  /// What the group, asked at both places, came to.
  private enum Finding: Sendable {
    case answer(GroupSearchAnswer)
    case failure(any Error)
    case standbyAnswer(GroupSearchAnswer)
    case standbyFailure
    case headStartIsOver
  }

  /// - Parameters:
  ///   - standby: who has all that the server has; nil for nobody.
  ///   - shortfall: why there is no server to ask; nil for a machine by itself.
  func answer(
    to request: GroupSearchRequest, from server: GroupServer?, standby: GroupServer? = nil,
    shortfall: String?
  ) async throws -> LocalSearchAnswer {
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
    do {
      return try await within(Self.patience) {
        try await groupAnswer(to: request, from: server, standby: standby, by: client)
      }
    } catch {
      if error is PeerClientError { unreachable(server) }
      try Task.checkCancellation()
      await hurry.ring()
      var answer = try await ownAnswer.value
      answer.coverage.shortfall =
        error is TimeLimitReached
        ? "The group's virtual server did not answer in time." : Self.text(of: error)
      return answer
    }
  }

  /// The first answer of virtual server and standby, the latter asked only when the former fails or
  /// takes its time.
  ///
  /// - Throws: what the virtual server failed with, once nobody is left to answer.
  private func groupAnswer(
    to request: GroupSearchRequest, from server: GroupServer, standby: GroupServer?,
    by client: PeerClient
  ) async throws -> LocalSearchAnswer {
    try await withThrowingTaskGroup(of: Finding.self) { group in
      defer { group.cancelAll() }
      group.addTask {
        do { return .answer(try await ask(server, request, by: client)) } catch {
          return .failure(error)
        }
      }
      group.addTask {
        // Time is all that it waits for; cancelled when there is an answer.
        try await Task.sleep(for: Self.headStart)
        return .headStartIsOver
      }
      var toAsk = standby
      var failure: (any Error)?
      var hasStandbyFailed = standby == nil
      while let finding = try await group.next() {
        switch finding {
        case .answer(let answer): return Self.covered(answer)
        case .standbyAnswer(let answer):
          // Said to have failed, so that its successor is asked for.
          if failure is PeerClientError { unreachable(server) }
          return Self.covered(answer, shortfall: Self.standbyAnswered)
        case .headStartIsOver: break
        case .failure(let error): failure = error
        case .standbyFailure: hasStandbyFailed = true
        }
        if let failure, hasStandbyFailed { throw failure }
        if let standby = toAsk {
          toAsk = nil
          group.addTask {
            do { return .standbyAnswer(try await ask(standby, request, by: client)) } catch {
              return .standbyFailure
            }
          }
        }
      }
      throw CancellationError()
    }
  }

  private func ask(
    _ server: GroupServer, _ request: GroupSearchRequest, by client: PeerClient
  ) async throws -> GroupSearchAnswer {
    try await client.send(
      .post("/v1/search", request, isRepeatable: true), to: .of(server),
      expecting: .host(of: server), as: GroupSearchAnswer.self)
  }

  private static func covered(
    _ answer: GroupSearchAnswer, shortfall: String? = nil
  ) -> LocalSearchAnswer {
    LocalSearchAnswer(
      answer: answer.answer, spellings: answer.spellings,
      coverage: SearchCoverage(
        scope: .group, recordCount: answer.recordCount, incompleteNodes: answer.incompleteNodes,
        shortfall: shortfall))
  }

  private static func text(of error: any Error) -> String {
    switch error {
    case let problem as ProblemDocument:
      "The group's virtual server does not answer this machine: \(problem.detail)"
    case is PeerClientError: "The group's virtual server cannot be reached."
    default: "The group's virtual server could not be asked: \(error)"
    }
  }
}
