public import Protocol

/// What a virtual server passes on between nodes that cannot reach each other.
public struct RelayLimits: Hashable, Sendable {
  /// Relays at once, in all and of the nodes of one user who call.
  public var count = 16
  public var countPerUser = 4
  /// Bytes a second of each relay, both directions together, and of all relays.
  public var bytesPerSecond = 1 << 20
  public var totalBytesPerSecond = 4 << 20
  /// Bytes of one relay, and how many milliseconds it may last. Then the caller's user may have none to
  /// the same node for ``rest`` milliseconds.
  public var byteCount: Int64 = 1 << 30
  public var life: Int64 = 6 * 3_600_000
  public var rest: Int64 = 600_000
  /// How long nothing may move.
  public var idle: Duration = .seconds(60)

  public init() {}

  /// What one relay passes on in a second; nil where nothing is relayed.
  var rate: Int? {
    let rate = min(bytesPerSecond, totalBytesPerSecond)
    return count > 0 && rate > 0 ? rate : nil
  }
}

/// Which relays there are, and what passes through them. Pure: times are milliseconds of one steady
/// clock, and bytes are counted as they are reported.
struct RelayBook: Sendable {
  /// Why there is no relay.
  enum Refusal: Error, Hashable, Sendable {
    /// This virtual server relays nothing.
    case none
    case tooMany(limit: Int)
    case tooManyOfUser(limit: Int)
    /// What is allowed between the two has passed. Milliseconds until there may be more.
    case usedUp(limit: Int64, wait: Int64)
    /// A relay between the two has lasted for as long as one may, in milliseconds; likewise.
    case livedOut(limit: Int64, wait: Int64)
  }

  /// What is to become of a relay.
  enum Verdict: Hashable, Sendable {
    /// Read on after so many milliseconds.
    case goOn(after: Int64)
    case end
  }

  struct Pair: Hashable, Sendable {
    var caller: NodeIdentity
    var owner: NodeIdentity
  }

  /// By user: a user may have many nodes, and calls from the next when one has used up its share.
  private struct Way: Hashable {
    var user: PeerName
    var owner: NodeIdentity

    init(_ pair: Pair) { (user, owner) = (pair.caller.user, pair.owner) }
  }

  private struct Rest {
    var end: Int64
    var hasLivedOut: Bool
  }

  private struct Relay {
    var pair: Pair
    var start: Int64
    var passed: Int64 = 0
    var allowance: ByteAllowance
  }

  /// Ways that are kept because they used up what they may; the oldest go first.
  private static let mostResting = 1_000

  private let limits: RelayLimits
  private var relays: [UInt64: Relay] = [:]
  private var total: ByteAllowance
  private var resting: [Way: Rest] = [:]
  private var lastNumber: UInt64 = 0

  init(limits: RelayLimits, now: Int64) {
    self.limits = limits
    total = ByteAllowance(perSecond: limits.totalBytesPerSecond, now: now)
  }

  var count: Int { relays.count }

  /// - Returns: the relay's number; ``close(_:)`` must follow.
  mutating func open(_ pair: Pair, now: Int64) throws(Refusal) -> UInt64 {
    guard limits.rate != nil else { throw .none }
    resting = resting.filter { $0.value.end > now }
    if let rest = resting[Way(pair)] {
      let wait = rest.end - now
      throw rest.hasLivedOut
        ? .livedOut(limit: limits.life, wait: wait) : .usedUp(limit: limits.byteCount, wait: wait)
    }
    guard relays.count < limits.count else { throw .tooMany(limit: limits.count) }
    let ofUser = relays.values.count { $0.pair.caller.user == pair.caller.user }
    guard ofUser < limits.countPerUser else { throw .tooManyOfUser(limit: limits.countPerUser) }
    lastNumber += 1
    relays[lastNumber] = Relay(
      pair: pair, start: now, allowance: ByteAllowance(perSecond: limits.bytesPerSecond, now: now))
    return lastNumber
  }

  /// So many more bytes have passed through a relay, in whichever direction. One through which nothing
  /// passes is ended for that, so a relay's life is looked at here and nowhere else.
  mutating func passed(_ byteCount: Int, through number: UInt64, now: Int64) -> Verdict {
    guard var relay = relays[number] else { return .end }
    relay.passed += Int64(byteCount)
    let wait = max(
      relay.allowance.take(byteCount, now: now), total.take(byteCount, now: now))
    relays[number] = relay
    let hasLivedOut = now - relay.start >= limits.life
    guard relay.passed >= limits.byteCount || hasLivedOut else { return .goOn(after: wait) }
    if resting.count >= Self.mostResting,
      let oldest = resting.min(by: { $0.value.end < $1.value.end })
    {
      resting[oldest.key] = nil
    }
    resting[Way(relay.pair)] = Rest(end: now + limits.rest, hasLivedOut: hasLivedOut)
    return .end
  }

  /// Forgets a relay that has ended.
  mutating func close(_ number: UInt64) {
    relays[number] = nil
  }
}

/// Bytes a second, with a second's worth at once. What is taken beyond it must be waited for. Pure.
struct ByteAllowance: Sendable {
  private let perSecond: Int
  /// Bytes that may pass at once; below zero they have passed already.
  private var rest: Double
  private var time: Int64

  init(perSecond: Int, now: Int64) {
    self.perSecond = perSecond
    rest = Double(perSecond)
    time = now
  }

  /// - Returns: milliseconds until more may pass.
  mutating func take(_ byteCount: Int, now: Int64) -> Int64 {
    let passed = Double(max(0, now - time)) / 1000
    rest = min(Double(perSecond), rest + passed * Double(perSecond)) - Double(byteCount)
    time = max(time, now)
    guard rest < 0 else { return 0 }
    return Int64((-rest / Double(max(1, perSecond)) * 1000).rounded(.up))
  }
}

extension ProblemCode {
  /// There is no relay, or no more of it; the document says which limit it was.
  static let relayLimit = Self(rawValue: "relay-limit")
}

extension ProblemDocument {
  init(_ refusal: RelayBook.Refusal) {
    let (detail, remedy, wait): (String, String, Int?)
    switch refusal {
    case .none:
      detail = "This virtual server relays nothing."
      remedy = "Have one of the two machines be reachable: nearfind doctor says how."
      wait = nil
    case .tooMany(let limit):
      detail = "This virtual server relays \(limit) connections at once, and there are as many."
      remedy = "Try again later."
      wait = 10
    case .tooManyOfUser(let limit):
      detail = "This virtual server relays \(limit) connections at once for each user."
      remedy = "Wait until another transfer of this user's machines is done."
      wait = 10
    case .usedUp(let limit, let milliseconds):
      detail =
        "This virtual server relays \(limit) bytes at a time between a user and a machine, and "
        + "they have passed."
      remedy = "Try again in \((milliseconds + 999) / 1000) s; it goes on where it was."
      wait = Int((milliseconds + 999) / 1000)
    case .livedOut(let limit, let milliseconds):
      detail =
        "This virtual server relays for \(limit / 60_000) minutes at a time between a user and a "
        + "machine, and they have passed."
      remedy = "Try again in \((milliseconds + 999) / 1000) s; it goes on where it was."
      wait = Int((milliseconds + 999) / 1000)
    }
    self.init(
      .relayLimit, status: 503, title: "No relay", detail: detail, remedy: remedy,
      retryAfter: wait)
  }
}
