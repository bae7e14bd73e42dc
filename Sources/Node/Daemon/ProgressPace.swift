import Synchronization

/// Lets through as much progress as a person can follow: the first of each phase, then ten a second.
final class ProgressPace: Sendable {
  private struct State {
    var phase: IndexingProgress.Phase?
    var last: ContinuousClock.Instant?
  }

  private static let interval = Duration.milliseconds(100)

  /// Progress comes from any thread.
  private let state = Mutex(State())

  func isDue(_ step: IndexingProgress, now: ContinuousClock.Instant) -> Bool {
    state.withLock { state in
      if step.phase == state.phase, let last = state.last, now - last < Self.interval {
        return false
      }
      state.phase = step.phase
      state.last = now
      return true
    }
  }
}
