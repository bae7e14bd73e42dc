/// How long each part of a connection's life may take. Pure: events and times come in, in
/// nanoseconds of any steady clock; out come the next deadline and what it means.
struct ConnectionClock {
  enum Expiry: Hashable, Sendable {
    case handshake, idle, head, body, stalledWrite, rest
    /// Not too long, but over before the handshake was done.
    case lostInHandshake
  }

  private enum Phase {
    case handshake
    /// Between requests; nothing of the next one has come.
    case idle
    /// Some of the head has come.
    case head
    /// The body is coming, or the answer is being made.
    case request(bodyEnded: Bool, answerEnded: Bool)
    /// Bytes that are not ours come and go as they like.
    case tunnel
  }

  let limits: TimeLimits
  private var phase: Phase
  /// When the phase began.
  private var began: UInt64
  /// When bytes last moved, or could first have.
  private var moved: UInt64
  /// Whether bytes are wanted from the peer; while they are not, it cannot be slow.
  private var isReading = false
  private var stalledSince: UInt64?

  init(limits: TimeLimits, isEncrypted: Bool, now: UInt64) {
    self.limits = limits
    phase = isEncrypted ? .handshake : .idle
    began = now
    moved = now
  }

  var isInHandshake: Bool { if case .handshake = phase { true } else { false } }

  mutating func handshakeEnded(at now: UInt64) {
    if case .handshake = phase { enter(.idle, at: now) }
  }

  mutating func readWanted(at now: UInt64) {
    if !isReading { moved = now }
    isReading = true
  }

  mutating func bytesCame(at now: UInt64) {
    moved = now
    isReading = false
    if case .idle = phase { enter(.head, at: now) }
  }

  mutating func headEnded(at now: UInt64) {
    // Requests may come one after another without waiting; the latest counts.
    enter(.request(bodyEnded: false, answerEnded: false), at: now)
  }

  mutating func bodyEnded(at now: UInt64) {
    guard case .request(_, let answerEnded) = phase else { return }
    if answerEnded {
      enter(.idle, at: now)
    } else {
      phase = .request(bodyEnded: true, answerEnded: false)
    }
  }

  /// - Returns: whether the request's body was still coming.
  @discardableResult
  mutating func answerEnded(at now: UInt64) -> Bool {
    guard case .request(let bodyEnded, _) = phase else { return false }
    if bodyEnded {
      enter(.idle, at: now)
      return false
    }
    enter(.request(bodyEnded: false, answerEnded: true), at: now)
    return true
  }

  /// There are no more requests on this connection.
  mutating func tunnelBegan(at now: UInt64) {
    enter(.tunnel, at: now)
  }

  mutating func writabilityChanged(_ isWritable: Bool, at now: UInt64) {
    stalledSince = isWritable ? nil : stalledSince ?? now
  }

  /// The earliest moment at which the connection will have taken too long; nil while it may take
  /// as long as it likes.
  var deadline: (time: UInt64, expiry: Expiry)? {
    var candidates: [(UInt64, Expiry)] = []
    switch phase {
    case .handshake: candidates.append((began + limits.handshake, .handshake))
    case .idle: candidates.append((began + limits.idle, .idle))
    case .head: candidates.append((began + limits.head, .head))
    case .request(true, _), .tunnel: break
    case .request(false, let answerEnded):
      candidates.append(
        (began + (answerEnded ? limits.rest : limits.body), answerEnded ? .rest : .body))
      if isReading { candidates.append((moved + limits.bodyPause, .body)) }
    }
    if let stalledSince { candidates.append((stalledSince + limits.stalledWrite, .stalledWrite)) }
    return candidates.min { $0.0 < $1.0 }
  }

  private mutating func enter(_ next: Phase, at now: UInt64) {
    phase = next
    began = now
    moved = now
  }
}

/// Time limits in nanoseconds; see ``ServerLimits`` for what each is.
struct TimeLimits: Sendable, Hashable {
  var handshake: UInt64
  var idle: UInt64
  var head: UInt64
  var body: UInt64
  var bodyPause: UInt64
  var stalledWrite: UInt64
  var rest: UInt64
}
