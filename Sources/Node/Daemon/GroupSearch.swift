import Protocol
import SearchModel
import Synchronization

/// Searches for the user of this machine: through the group's coordinator where it answers in time,
/// the machine's own index otherwise.
struct GroupSearch: Sendable {
  /// How the machine's own index is searched.
  typealias Own = @Sendable (GroupSearchRequest) async throws -> LocalSearchAnswer
  typealias Improve = @Sendable (LocalSearchAnswer) -> Void

  /// How long the group's virtual server has for a first answer, of its own group.
  static let patience: Duration = .milliseconds(800)

  /// How long it may take before the machine's own index is searched beside it.
  static let headStart: Duration = .milliseconds(200)

  /// How much later than the search's deadline the last answer may come.
  static let wayBack: Duration = .milliseconds(300)

  let own: Own
  /// Nil for a machine by itself.
  let client: PeerClient?
  let unreachable: @Sendable (GroupServer) -> Void

  /// - Parameters:
  ///   - shortfall: why there is no server to ask; nil for a machine by itself.
  ///   - improve: is called with each answer that is better than the one before; it must not wait.
  /// - Returns: the last answer.
  func answer(
    to request: GroupSearchRequest, from server: GroupServer?, shortfall: String?,
    improve: @escaping Improve = { _ in }
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
    let latest = Latest()
    do {
      return try await ask(server, request, client, latest) { answer in
        ownAnswer.cancel()
        if !answer.isLast { improve(answer) }
      }
    } catch {
      if error is PeerClientError { unreachable(server) }
      try Task.checkCancellation()
      let text =
        error is TimeLimitReached
        ? "The group's virtual server did not answer in time." : Self.text(of: error)
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

  private func ask(
    _ server: GroupServer, _ request: GroupSearchRequest, _ client: PeerClient, _ latest: Latest,
    _ receive: @escaping @Sendable (LocalSearchAnswer) -> Void
  ) async throws -> LocalSearchAnswer {
    let whole = Self.patience + .milliseconds(max(0, request.deadline)) + Self.wayBack
    return try await within(whole) {
      try await withThrowingTaskGroup(of: LocalSearchAnswer?.self) { group in
        group.addTask {
          let last = try await client.sendImproving(
            .post("/v1/search", request, isRepeatable: true), to: .of(server),
            expecting: .host(of: server), as: GroupSearchAnswer.self
          ) { answer in
            let answer = LocalSearchAnswer(answer)
            latest.set(answer)
            receive(answer)
          }
          return LocalSearchAnswer(last)
        }
        group.addTask {
          // A limit on the first answer alone; the whole has its own.
          try await Task.sleep(for: Self.patience)
          if latest.value == nil { throw TimeLimitReached(limit: Self.patience) }
          return nil
        }
        defer { group.cancelAll() }
        while let answer = try await group.next() {
          if let answer { return answer }
        }
        throw CancellationError()
      }
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

/// The best answer so far. With a lock, because it is set where nobody may wait.
private final class Latest: Sendable {
  private let answer = Mutex<LocalSearchAnswer?>(nil)

  var value: LocalSearchAnswer? { answer.withLock { $0 } }

  func set(_ value: LocalSearchAnswer) {
    answer.withLock { $0 = value }
  }
}

extension LocalSearchAnswer {
  init(_ answer: GroupSearchAnswer) {
    let isAlone = answer.coverage.completeness.count <= 1
    self.init(
      answer: answer.answer, spellings: answer.spellings,
      coverage: SearchCoverage(
        scope: isAlone ? .group : .network, recordCount: answer.recordCount,
        incompleteNodes: answer.incompleteNodes, servers: answer.coverage),
      isLast: answer.isLast)
  }
}
