import Foundation

/// The time since the machine started, its sleep included: one clock for all processes of the
/// machine, so that one of them can tell another until when something holds.
public enum MachineClock {
  public static func now() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  /// What is past, in whole milliseconds.
  @Sendable public static func milliseconds() -> Int64 { milliseconds(now()) }

  /// Rounded down: nothing holds longer for it.
  public static func milliseconds(_ time: Duration) -> Int64 {
    let (seconds, attoseconds) = time.components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}
