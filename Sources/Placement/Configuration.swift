/// What an administrator may set about placement. Times are milliseconds.
public struct Configuration: Hashable, Sendable, Codable {
  /// How long a virtual server may be silent.
  public var leaseDuration: Int64 = 10_000

  /// How often a virtual server renews.
  public var renewalInterval: Int64 = 3_000

  /// How often an attached node reports; in between its virtual server knows whether it lives.
  public var reportInterval: Int64 = 600_000

  /// How long an attached node may be silent.
  public var silenceAllowed: Int64 = 1_800_000

  /// Tick more often than this: a longer gap between two events is taken for a leap of the clock,
  /// or a central server that stood still, and counts as no time.
  public var longestStep: Int64 = 2_000

  /// The most clients that any virtual server gets, whatever its node claims.
  public var highestLimitCount = 300

  /// How old the stored `last seen` of a node may be. A renewal alone writes nothing.
  public var lastSeenPrecision: Int64 = 3_600_000

  public init() {}
}
