import NIOCore
import Synchronization

/// Ends a connection on which no answer comes. It runs from the end of the request to the head of
/// the answer: how long a request takes to send is the sender's affair.
final class AnswerAlarm: Sendable {
  private enum State {
    case idle
    case running(Scheduled<Void>)
    case over
  }

  private let state = Mutex(State.idle)
  private let connection: ClientConnection
  private let limit: Duration

  init(_ connection: ClientConnection, limit: Duration) {
    self.connection = connection
    self.limit = limit
  }

  func start() {
    state.withLock { state in
      guard case .idle = state else { return }
      state = .running(connection.closeOnTimeout(after: limit))
    }
  }

  func stop() {
    state.withLock { state in
      if case .running(let alarm) = state { alarm.cancel() }
      state = .over
    }
  }
}
