/// Connections that came to nothing, by what was wrong, summed up: a flood of them is a line a minute
/// in the log and not one each. Pure: times come in, in nanoseconds of any steady clock.
struct ConnectionTally: Sendable {
  /// How long after one line the next may come.
  static let interval: UInt64 = 60_000_000_000

  enum Trouble: String, Hashable, Sendable, CaseIterable {
    case tooMany = "too many connections"
    case tooManyFromAddress = "too many connections from one address"
    case noHandshake = "no handshake"
    case tooSlow = "too slow"
  }

  private var counts: [Trouble: Int] = [:]
  private var lastTold: UInt64?

  /// - Returns: what to say now; nil while it is too early for more than to count.
  mutating func note(_ trouble: Trouble, at now: UInt64) -> String? {
    counts[trouble, default: 0] += 1
    if let lastTold, now < lastTold + Self.interval { return nil }
    lastTold = now
    defer { counts = [:] }
    return Trouble.allCases.compactMap { trouble in
      counts[trouble].map { "\(trouble.rawValue): \($0)" }
    }.joined(separator: ", ")
  }
}
