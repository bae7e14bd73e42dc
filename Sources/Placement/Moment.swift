/// A time by the central server's clock. Nobody else's clock counts.
public struct Moment: Hashable, Sendable, Comparable, Codable {
  public let milliseconds: Int64

  public init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  public static func < (left: Moment, right: Moment) -> Bool {
    left.milliseconds < right.milliseconds
  }

  public static func + (moment: Moment, milliseconds: Int64) -> Moment {
    Moment(milliseconds: moment.milliseconds &+ milliseconds)
  }

  /// The milliseconds from `earlier` to `later`; the largest number if there are more.
  public static func - (later: Moment, earlier: Moment) -> Int64 {
    let (difference, overflows) = later.milliseconds.subtractingReportingOverflow(
      earlier.milliseconds)
    return overflows ? .max : difference
  }

  public init(from decoder: any Decoder) throws {
    milliseconds = try decoder.singleValueContainer().decode(Int64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(milliseconds)
  }
}

/// Time as leases count it: it runs with the clock, never back, and never leaps.
///
/// A clock that is set a day ahead, or a central server that was stopped for a minute and could
/// hear nobody, would otherwise end every lease at once. Such a gap counts as nothing: counted even
/// in part, several of them would end a lease whose holder still trusts in it.
struct SteadyTime {
  /// What is longer than this between two events is a gap. The adapter ticks more often than that.
  let longestStep: Int64
  private(set) var now = Moment(milliseconds: 0)
  private var clock: Moment

  init(startingAt clock: Moment, longestStep: Int64) {
    self.clock = clock
    self.longestStep = longestStep
  }

  mutating func advance(to clock: Moment) {
    let step = clock - self.clock
    if (0...longestStep).contains(step) { now = now + step }
    self.clock = clock
  }
}
