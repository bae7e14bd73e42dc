/// How many requests each peer may send: a bucket for each that fills at a steady rate and from
/// which every request takes one token. Pure: the time comes in, in seconds from any fixed moment.
///
/// Memory is bounded. A bucket that is full again is forgotten, being like a new one. When there is
/// no room even so, all further peers share one bucket: a flood of names gains nothing.
public struct TokenBuckets<Key: Hashable & Sendable>: Sendable {
  public struct Rate: Sendable, Hashable {
    /// Tokens a second.
    public var perSecond: Double
    /// Tokens that a bucket holds when full.
    public var burst: Double

    public init(perSecond: Double, burst: Double) {
      self.perSecond = perSecond
      self.burst = burst
    }
  }

  private struct Bucket {
    var tokens: Double
    var time: Double
  }

  public let rate: Rate
  public let capacity: Int
  private var buckets: [Key: Bucket] = [:]
  private var shared: Bucket?
  /// No sweep before this moment, so that a full table is not walked for every request.
  private var nextSweep = -Double.infinity

  /// - Parameter capacity: how many peers are told apart at once.
  public init(rate: Rate, capacity: Int) {
    self.rate = rate
    self.capacity = capacity
  }

  /// The peers that are told apart at present.
  public var count: Int { buckets.count }

  /// Takes a token of `key` if there is one.
  ///
  /// - Returns: nil if the request may go on, else the seconds until it may.
  public mutating func take(_ key: Key, at time: Double) -> Double? {
    if buckets[key] == nil, buckets.count >= capacity { sweep(at: time) }
    if buckets[key] == nil, buckets.count >= capacity {
      return take(from: &shared, at: time)
    }
    var bucket = buckets[key]
    defer { buckets[key] = bucket }
    return take(from: &bucket, at: time)
  }

  private func take(from bucket: inout Bucket?, at time: Double) -> Double? {
    var filled = bucket ?? Bucket(tokens: rate.burst, time: time)
    filled.tokens = tokens(in: filled, at: time)
    // A clock that goes back gives nothing and takes nothing.
    filled.time = max(time, filled.time)
    defer { bucket = filled }
    guard filled.tokens >= 1 else { return (1 - filled.tokens) / rate.perSecond }
    filled.tokens -= 1
    return nil
  }

  private func tokens(in bucket: Bucket, at time: Double) -> Double {
    min(rate.burst, bucket.tokens + max(0, time - bucket.time) * rate.perSecond)
  }

  private mutating func sweep(at time: Double) {
    guard time >= nextSweep else { return }
    buckets = buckets.filter { tokens(in: $0.value, at: time) < rate.burst }
    nextSweep = time + rate.burst / rate.perSecond / 4
  }
}
