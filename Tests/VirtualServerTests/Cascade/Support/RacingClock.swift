import Synchronization

/// Each look at it is a minute later: no filter is young enough to prove anything, and no server that
/// failed is left alone.
final class RacingClock: Sendable {
  private let minutes = Mutex(0)

  var now: ContinuousClock.Instant {
    minutes.withLock {
      $0 += 1
      return .now + .seconds(60 * $0)
    }
  }
}
