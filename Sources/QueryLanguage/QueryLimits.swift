import Foundation

/// How large a query may be. What is larger is refused with an error that names the limit, before
/// any of it costs an engine something.
public struct QueryLimits: Hashable, Sendable {
  /// UTF-8 bytes of the text.
  public var byteCount: Int

  /// Words, phrases and conditions.
  public var termCount: Int

  /// Parentheses and negations inside each other. The parser calls itself once a level.
  public var depth: Int

  public static let standard = QueryLimits(byteCount: 32_768, termCount: 1_000, depth: 50)

  public init(byteCount: Int, termCount: Int, depth: Int) {
    self.byteCount = byteCount
    self.termCount = termCount
    self.depth = depth
  }
}

/// The present moment, handed in because `today` and `date:2024-06` depend on it and on where the
/// user is, and parsing reads no clock.
public struct QueryMoment: Hashable, Sendable {
  /// Seconds since 1970-01-01T00:00:00Z.
  public let now: Int64

  /// Where days begin and end.
  public let timeZone: TimeZone

  /// - Parameter now: brought into the years 1 to 9999 where it is beyond, so that counting back
  ///   from it cannot overflow.
  public init(now: Int64, timeZone: TimeZone) {
    self.now = min(max(now, CivilTime.range.lowerBound), CivilTime.range.upperBound)
    self.timeZone = timeZone
  }
}
