import Placement
import RouterBands

/// How often something may be tried.
public struct AttemptRate: Hashable, Sendable {
  /// How many attempts may follow each other at once.
  public var burst: Int
  /// After how many milliseconds one more is allowed.
  public var interval: Int64

  public init(burst: Int, interval: Int64) {
    self.burst = max(1, burst)
    self.interval = max(1, interval)
  }
}

/// Counts attempts by key, each of which may try so often. A value: time comes in.
///
/// It remembers at most twice `capacity` keys. When more come, those that tried longest ago are
/// forgotten, at once for many: a flood of keys costs a bounded memory and no long pause.
public struct AttemptLimit<Key: Hashable & Sendable>: Sendable {
  public let rate: AttemptRate
  public let capacity: Int
  /// When all the attempts of a key will be forgiven. Recent ones here, older ones below; a key
  /// that tries again moves up.
  private var recent: [Key: Moment] = [:]
  private var older: [Key: Moment] = [:]

  public init(_ rate: AttemptRate, capacity: Int) {
    self.rate = rate
    self.capacity = max(1, capacity)
  }

  /// How many keys are remembered.
  public var count: Int { recent.count + older.count }

  /// How many milliseconds a key must wait before its next attempt; 0 if it may try.
  public func delay(of key: Key, at now: Moment) -> Int64 {
    max(0, clearing(of: key, at: now) - now - rate.interval * Int64(rate.burst - 1))
  }

  /// Counts an attempt, before its outcome is known: many at once are then no way around.
  public mutating func note(_ key: Key, at now: Moment) {
    set(key, clearing(of: key, at: now) + rate.interval, at: now)
  }

  /// Takes one attempt back, because it was rightful.
  public mutating func forgive(_ key: Key, at now: Moment) {
    let clearing = clearing(of: key, at: now)
    guard clearing > now else { return }
    set(key, Moment(milliseconds: clearing.milliseconds - rate.interval), at: now)
  }

  /// Forgets a key's attempts.
  public mutating func clear(_ key: Key) {
    recent[key] = nil
    older[key] = nil
  }

  private func clearing(of key: Key, at now: Moment) -> Moment {
    guard let stored = recent[key] ?? older[key] else { return now }
    // A clock that was set back must not lock anybody out for as long.
    return max(now, min(stored, now + rate.interval * Int64(rate.burst)))
  }

  private mutating func set(_ key: Key, _ clearing: Moment, at now: Moment) {
    older[key] = nil
    recent[key] = clearing > now ? clearing : nil
    if recent.count >= capacity {
      older = recent
      recent = [:]
    }
  }
}

/// The limits of attempts with passwords, by user and by address.
public struct LoginLimits: Sendable {
  private var users: AttemptLimit<String>
  private var addresses: AttemptLimit<IPPrefix>

  /// - Parameter capacity: how many users and how many addresses are remembered, each twice.
  public init(
    user: AttemptRate = AttemptRate(burst: 10, interval: 30_000),
    address: AttemptRate = AttemptRate(burst: 20, interval: 10_000), capacity: Int = 50_000
  ) {
    users = AttemptLimit(user, capacity: capacity)
    addresses = AttemptLimit(address, capacity: capacity)
  }

  /// Counts an attempt if it is allowed.
  ///
  /// - Parameter user: nil where there is none to guess at.
  /// - Returns: how many milliseconds to wait instead; nil if the attempt may be made.
  public mutating func begin(
    user: UserIdentifier?, address: IPAddress, at now: Moment
  ) -> Int64? {
    let network = Self.network(of: address)
    let delay = max(
      user.map { users.delay(of: $0.folded, at: now) } ?? 0,
      addresses.delay(of: network, at: now))
    // Not counted: who goes on trying must not stay locked out for ever.
    guard delay == 0 else { return delay }
    if let user { users.note(user.folded, at: now) }
    addresses.note(network, at: now)
    return nil
  }

  /// The attempt was rightful: what was counted against the user is forgotten, and it alone is
  /// taken back from the address, from which others may be guessing.
  public mutating func succeed(user: UserIdentifier?, address: IPAddress, at now: Moment) {
    if let user { users.clear(user.folded) }
    addresses.forgive(Self.network(of: address), at: now)
  }

  /// Nothing was learned from the attempt: it is taken back.
  public mutating func withdraw(user: UserIdentifier?, address: IPAddress, at now: Moment) {
    if let user { users.forgive(user.folded, at: now) }
    addresses.forgive(Self.network(of: address), at: now)
  }

  /// How many users and addresses are remembered.
  public var count: Int { users.count + addresses.count }

  /// Who has one IPv6 address has 2^64 of them.
  private static func network(of address: IPAddress) -> IPPrefix {
    IPPrefix(address, length: address.bitWidth == 32 ? 32 : 64)
  }
}
