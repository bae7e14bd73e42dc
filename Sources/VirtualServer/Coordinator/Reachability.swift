import Cascade

/// Which virtual servers did not answer lately. Each is left alone for a while that doubles with
/// every failure, so that a dead one does not cost each search its deadline. Pure: times come in.
struct Reachability: Sendable {
  private struct Trouble {
    var failureCount = 0
    var until: ContinuousClock.Instant
  }

  private var troubles: [ServerIdentifier: Trouble] = [:]

  static let firstPause: Duration = .seconds(1)
  static let longestPause: Duration = .seconds(60)

  /// Who was waited for in vain for so long is taken for dead: a machine without power says nothing,
  /// and each search would wait for it.
  static let silence: Duration = .milliseconds(500)

  func isUnreachable(_ server: ServerIdentifier, at now: ContinuousClock.Instant) -> Bool {
    troubles[server].map { now < $0.until } ?? false
  }

  mutating func failed(_ server: ServerIdentifier, at now: ContinuousClock.Instant) {
    var trouble = troubles[server] ?? Trouble(until: now)
    // Several searches that met the same failure count once.
    guard now >= trouble.until else { return }
    let pause = Self.firstPause * (1 << min(trouble.failureCount, 6))
    trouble.failureCount += 1
    trouble.until = now + min(pause, Self.longestPause)
    troubles[server] = trouble
  }

  mutating func answered(_ server: ServerIdentifier) {
    troubles[server] = nil
  }

  /// What is new of these makes them worth asking again.
  mutating func forget(_ servers: some Sequence<ServerIdentifier>) {
    for server in servers { troubles[server] = nil }
  }
}
