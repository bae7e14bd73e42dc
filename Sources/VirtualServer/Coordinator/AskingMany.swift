import Cascade

/// Asks many virtual servers one thing each, so many of them at once, until all have answered or a
/// moment has come. Nearest first; who fails costs its own answer only.
struct AskingMany: Sendable {
  let servers: [ServerIdentifier]
  let deadline: ContinuousClock.Instant

  private static let concurrentAsks = 32

  /// - Parameter take: is called with each answer as it comes, nil for a failure; returns whether
  ///   further ones are wanted.
  /// - Returns: how many have not been taken, because it was too late for them or enough.
  func run<Answer: Sendable>(
    _ ask: @escaping @Sendable (ServerIdentifier) async throws -> Answer,
    take: (ServerIdentifier, Answer?) -> Bool
  ) async -> Int {
    var openCount = servers.count
    await withTaskGroup(of: (ServerIdentifier, Answer?)?.self) { group in
      group.addTask {
        // The one thing to wait for beside the answers; cancelled with the last of them.
        try? await Task.sleep(until: deadline, clock: .continuous)
        return nil
      }
      var waiting = servers.makeIterator()
      func askNext() {
        guard let server = waiting.next() else { return }
        group.addTask { (server, try? await ask(server)) }
      }
      for _ in 0..<Self.concurrentAsks { askNext() }
      while openCount > 0, let ended = await group.next(), let (server, answer) = ended {
        openCount -= 1
        guard take(server, answer) else { break }
        askNext()
      }
      group.cancelAll()
    }
    return openCount
  }
}
