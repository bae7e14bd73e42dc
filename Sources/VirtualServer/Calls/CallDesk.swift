import Protocol
import Synchronization

/// Brings calls to the nodes that wait for them, and the outcome back to who called: ``CallBook`` with
/// the tasks that wait around it.
final class CallDesk: Sendable {
  /// What a node's open request hands on.
  typealias Calls = AsyncStream<Call>

  private struct State {
    var book: CallBook
    var listeners: [UInt64: Calls.Continuation] = [:]
    var callers: [UInt64: CheckedContinuation<Void, any Error>] = [:]
  }

  private let state: Mutex<State>
  private let age: Duration
  private let clock: @Sendable () -> Int64

  init(limits: CallLimits, clock: @escaping @Sendable () -> Int64) {
    state = Mutex(State(book: CallBook(limits: limits)))
    age = .milliseconds(limits.age)
    self.clock = clock
  }

  /// The calls of a node from now on, in place of an earlier request of the same node.
  func listen(_ node: NodeIdentity) -> Calls {
    // As many as can be pending; who takes none of them is not called any more.
    let (stream, continuation) = Calls.makeStream(bufferingPolicy: .bufferingOldest(64))
    let (listener, former) = state.withLock { state in
      let (listener, number) = state.book.listen(node)
      state.listeners[listener] = continuation
      return (listener, number.flatMap { state.listeners[$0] })
    }
    former?.finish()
    continuation.onTermination = { [self] _ in leave(node, listener) }
    return stream
  }

  private func leave(_ node: NodeIdentity, _ listener: UInt64) {
    let lost = state.withLock { state in
      state.listeners[listener] = nil
      return state.book.leave(node, listener: listener).compactMap {
        state.callers.removeValue(forKey: $0)
      }
    }
    for caller in lost {
      caller.resume(throwing: ProblemDocument(CallBook.Refusal.notListening(node)))
    }
  }

  /// Has a node told of a call, and returns when it says that it has opened the tunnel.
  ///
  /// - Throws: ``Protocol/ProblemDocument``: what the node says, that it says nothing, or why it is not
  ///   called; `CancellationError`.
  func call(
    _ owner: NodeIdentity, by caller: NodeIdentity, at meeting: Call.Meeting, token: TunnelToken
  ) async throws {
    let (number, listener) = try state.withLock { state in
      do throws(CallBook.Refusal) {
        return try state.book.call(owner, by: caller, now: clock())
      } catch {
        throw ProblemDocument(error)
      }
    }
    let alarm = Task { [age] in
      // The call's age is a point in time.
      try await Task.sleep(for: age)
      finish(number, by: nil, .failure(ProblemDocument.calledInVain(owner)))
    }
    defer { alarm.cancel() }
    let call = Call(number: number, caller: caller, meeting: meeting, token: token)
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        announce(call, to: owner, listener, for: continuation)
      }
    } onCancel: {
      finish(number, by: nil, .failure(CancellationError()))
    }
  }

  /// Tells of the call, once its outcome has somewhere to go.
  private func announce(
    _ call: Call, to owner: NodeIdentity, _ listener: UInt64,
    for continuation: CheckedContinuation<Void, any Error>
  ) {
    let isAnnounced = state.withLock { state in
      // It may have been given up, or the node have left, since the call was taken.
      guard state.book.isPending(call.number),
        case .enqueued? = state.listeners[listener]?.yield(call)
      else {
        _ = state.book.finish(call.number, by: nil)
        return false
      }
      state.callers[call.number] = continuation
      return true
    }
    guard !isAnnounced else { return }
    continuation.resume(
      throwing: Task.isCancelled
        ? CancellationError() : ProblemDocument(CallBook.Refusal.notListening(owner)))
  }

  /// - Returns: whether the call was pending, and the node's to answer.
  @discardableResult
  func finish(
    _ number: UInt64, by node: NodeIdentity?, _ outcome: Result<Void, any Error>
  ) -> Bool {
    let (wasPending, caller) = state.withLock { state in
      let wasPending = state.book.finish(number, by: node)
      return (wasPending, wasPending ? state.callers.removeValue(forKey: number) : nil)
    }
    caller?.resume(with: outcome)
    return wasPending
  }
}
