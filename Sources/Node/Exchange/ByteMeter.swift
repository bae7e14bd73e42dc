import Synchronization

/// Tells now and then how many bytes came of a request: where a piece takes long, that it gets on.
final class ByteMeter: Sendable {
  private struct State {
    var total: Int64 = 0
    var told: ContinuousClock.Instant
  }

  private let state = Mutex(State(told: .now))
  private let tell: @Sendable (_ total: Int64) -> Void

  /// Often enough for what decides by seconds, and nothing beside the work with the bytes.
  private static let interval: Duration = .milliseconds(500)

  init(_ tell: @escaping @Sendable (_ total: Int64) -> Void) {
    self.tell = tell
  }

  func add(_ byteCount: Int) {
    let now = ContinuousClock.now
    let total = state.withLock { state -> Int64? in
      state.total += Int64(byteCount)
      guard now - state.told >= Self.interval else { return nil }
      state.told = now
      return state.total
    }
    if let total { tell(total) }
  }
}
