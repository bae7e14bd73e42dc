/// How often a node does things, and how long it waits after failures.
public struct NodePacing: Sendable, Hashable {
  /// An attached node tells its virtual server so often that it lives.
  public var presence: Duration = .seconds(5)
  /// The one that stands by does so more often: it hears soon of new members, and the others that it
  /// has their records.
  public var standbyPresence: Duration = .seconds(1)
  /// A standby that is not named any more is remembered for so long: a virtual server that has started
  /// again must hear of it first.
  public var standbyMemory: Duration = .seconds(15)
  /// Who lost its virtual server asks the central server within this time, spread by chance, so that
  /// a whole group does not ask in the same moment.
  public var rehoming: Duration = .milliseconds(500)
  /// The first wait after a failure, doubled with each further one up to the longest.
  public var firstRetry: Duration = .milliseconds(500)
  public var longestRetry: Duration = .seconds(30)
  /// The longest while something is known to be wrong nearby: a virtual server that does not answer,
  /// or a lease of one's own that runs out.
  public var longestUrgentRetry: Duration = .seconds(3)
  /// A process that ends so soon after its start has failed; the next start waits.
  public var soundRun: Duration = .seconds(10)
  /// So long a virtual server may be without its process before its lease is left to run out.
  public var processAbsence: Duration = .seconds(15)
  /// After that, the time in which the lease has run out for certain.
  public var leaseExpiry: Duration = .seconds(20)
  /// The part of a lease that is trusted: the clock here may be slow.
  public var trustedLease = 0.9

  public init() {}
}

/// Waits that grow with each failure, and differ between nodes.
struct Backoff: Sendable, Hashable {
  private(set) var failureCount = 0

  mutating func reset() { failureCount = 0 }

  /// The wait after one more failure: from half of the doubled wait up to all of it.
  mutating func next(
    from first: Duration, to longest: Duration, chance: inout some RandomNumberGenerator
  ) -> Duration {
    let doubled = first * (1 << min(failureCount, 16))
    failureCount += 1
    return min(doubled, longest) * Double.random(in: 0.5...1, using: &chance)
  }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): chance that can be repeated from its seed.
struct SeededChance: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
