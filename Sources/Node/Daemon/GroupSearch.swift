import Protocol
import SearchModel

/// Searches for the user of this machine: the group's index where it answers in time, the machine's
/// own otherwise.
struct GroupSearch: Sendable {
  /// How the machine's own index is searched.
  typealias Own = @Sendable (GroupSearchRequest) async throws -> LocalSearchAnswer

  /// How long the group's virtual server has for an answer.
  static let patience: Duration = .milliseconds(800)

  /// How long it may take before the machine's own index is searched beside it.
  static let headStart: Duration = .milliseconds(200)

  let own: Own
  /// Nil for a machine by itself.
  let client: PeerClient?
  let unreachable: @Sendable (GroupServer) -> Void

  /// - Parameter shortfall: why there is no server to ask; nil for a machine by itself.
  func answer(
    to request: GroupSearchRequest, from server: GroupServer?, shortfall: String?
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
      let answer = try await within(Self.patience) {
        try await client.send(
          .post("/v1/search", request, isRepeatable: true), to: .of(server),
          expecting: .host(of: server), as: GroupSearchAnswer.self)
      }
      return LocalSearchAnswer(
        answer: answer.answer, spellings: answer.spellings,
        coverage: SearchCoverage(
          scope: .group, recordCount: answer.recordCount,
          incompleteNodes: answer.incompleteNodes))
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

  private static func text(of error: any Error) -> String {
    switch error {
    case let problem as ProblemDocument:
      "The group's virtual server does not answer this machine: \(problem.detail)"
    case is PeerClientError: "The group's virtual server cannot be reached."
    default: "The group's virtual server could not be asked: \(error)"
    }
  }
}
