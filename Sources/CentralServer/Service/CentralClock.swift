import Foundation
public import Placement

/// The central server's clock: the wall's time when it started, and from then on a steady one, so
/// that a wall clock that is set does not move leases.
public struct CentralClock: Sendable {
  private let wall: Date
  private let steady: @Sendable () -> Int64

  public init() {
    let start = ContinuousClock.now
    self.init { (ContinuousClock.now - start).wholeMilliseconds }
  }

  /// - Parameter steady: milliseconds since the start, of a clock that nobody sets.
  public init(steady: @escaping @Sendable () -> Int64) {
    self.steady = steady
    wall = Date()
  }

  /// For placement.
  public var moment: Moment {
    Moment(milliseconds: Int64(wall.timeIntervalSince1970 * 1000) + elapsed)
  }

  /// Milliseconds since the start.
  var elapsed: Int64 { steady() }

  /// The wall's time, which certificates are issued and checked by.
  public var date: Date { Date() }

  /// The wall's time, as it is stored with users and certificates.
  public var wallMoment: Moment { Moment(date) }
}

extension Moment {
  init(_ date: Date) {
    self.init(milliseconds: Int64(date.timeIntervalSince1970 * 1000))
  }
}

extension Duration {
  var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}
