import Protocol

/// Which band this machine is in, as the authority says: asked anew from time to time, because a
/// statement holds for less long than fetching a large file may take, and bands change.
actor OwnBand {
  private let ask: @Sendable () async -> BandStatement?
  private let now: @Sendable () -> ContinuousClock.Instant
  private var known: (statement: BandStatement?, since: ContinuousClock.Instant)?

  /// How long an answer is used.
  static let freshness: Duration = .seconds(5 * 60)

  init(
    _ ask: @escaping @Sendable () async -> BandStatement?,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.ask = ask
    self.now = now
  }

  /// What to show; nil where nobody says so.
  func statement() async -> BandStatement? {
    if let known, now() - known.since < Self.freshness { return known.statement }
    return await renewed()
  }

  /// What to show to who did not let this statement count: asked for at once.
  ///
  /// - Returns: nil where there is no other.
  func statement(otherThan shown: BandStatement?) async -> BandStatement? {
    let statement = await renewed()
    return statement == shown ? nil : statement
  }

  private func renewed() async -> BandStatement? {
    let statement = await ask()
    known = (statement, now())
    return statement
  }
}
