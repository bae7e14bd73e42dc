import Synchronization

/// Answers on their way from who finds them to who sends them: the latest one replaces those before
/// it that were not taken yet. So who reads slowly gets fewer of them, and never a late last one.
///
/// A class with a lock, because answers come from a synchronous call and are waited for by a task.
final class LatestAnswer<Message: Sendable>: Sendable {
  private struct State {
    var message: Message?
    var end: Result<Void, any Error>?
    var waiter: CheckedContinuation<Void, Never>?

    mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
      defer { waiter = nil }
      return waiter
    }
  }

  private let state = Mutex(State())

  func put(_ message: Message) {
    let waiter = state.withLock { state in
      state.message = message
      return state.takeWaiter()
    }
    waiter?.resume()
  }

  /// Nothing better comes.
  func finish(_ end: Result<Void, any Error>) {
    let waiter = state.withLock { state in
      state.end = state.end ?? end
      return state.takeWaiter()
    }
    waiter?.resume()
  }

  /// The latest answer that was not taken yet; waits for one. One caller at a time.
  ///
  /// - Returns: nil after the last one.
  /// - Throws: what the search threw; `CancellationError`.
  func next() async throws -> Message? {
    while true {
      try Task.checkCancellation()
      let (message, end) = state.withLock { state in
        defer { state.message = nil }
        return (state.message, state.end)
      }
      if let message { return message }
      if let end {
        try end.get()
        return nil
      }
      await waitForNews()
    }
  }

  private func waitForNews() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isNew = state.withLock { state in
          // What came since the look is taken at the next one.
          if state.message != nil || state.end != nil || Task.isCancelled { return true }
          state.waiter = continuation
          return false
        }
        if isNew { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.takeWaiter() }?.resume()
    }
  }
}
