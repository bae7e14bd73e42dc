import Protocol

/// Lets so many searches run at once and so many more wait, first come first served.
actor SearchGate {
  private struct Waiter {
    let number: UInt64
    let continuation: CheckedContinuation<Entry, Never>
  }

  private enum Entry {
    case granted
    case cancelled
  }

  private let concurrent: Int
  private let queueLimit: Int
  private var running = 0
  private var waiters: [Waiter] = []
  private var lastNumber: UInt64 = 0

  init(concurrent: Int, queueLimit: Int) {
    self.concurrent = concurrent
    self.queueLimit = queueLimit
  }

  /// Those that wait at present.
  var queueLength: Int { waiters.count }

  /// Runs a search when it is its turn.
  ///
  /// - Throws: ``Protocol/ProblemDocument`` when too many wait already; `CancellationError` when the
  ///   task is cancelled before its turn; what the search throws.
  func run<Value: Sendable>(
    _ search: @Sendable () async throws -> Value
  ) async throws -> Value {
    try await enter()
    defer { leave() }
    return try await search()
  }

  private func enter() async throws {
    try Task.checkCancellation()
    if running < concurrent {
      running += 1
      return
    }
    guard waiters.count < queueLimit else {
      throw ProblemDocument(
        .overloaded, status: 503, title: "Too busy",
        detail: "As many searches as can wait are waiting.", remedy: "Try again shortly.",
        retryAfter: 1)
    }
    lastNumber += 1
    let number = lastNumber
    let entry = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Entry, Never>) in
        // A cancellation before this found nobody to remove.
        if Task.isCancelled {
          continuation.resume(returning: .cancelled)
        } else {
          waiters.append(Waiter(number: number, continuation: continuation))
        }
      }
    } onCancel: {
      Task { await self.giveUp(number) }
    }
    if entry == .cancelled { throw CancellationError() }
  }

  private func giveUp(_ number: UInt64) {
    guard let index = waiters.firstIndex(where: { $0.number == number }) else { return }
    waiters.remove(at: index).continuation.resume(returning: .cancelled)
  }

  private func leave() {
    if waiters.isEmpty {
      running -= 1
    } else {
      // The place is handed on, so that nobody who comes just now is served first.
      waiters.removeFirst().continuation.resume(returning: .granted)
    }
  }
}
