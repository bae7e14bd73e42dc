/// What a test waited for and did not see.
public struct WaitedInVain: Error, CustomStringConvertible {
  public var what: String
  public var limit: Duration

  public init(what: String, limit: Duration) {
    self.what = what
    self.limit = limit
  }

  public var description: String { "waited \(limit) for \(what)" }
}

/// Looks again and again until the condition holds: a test waits for what it needs, never for a
/// guess at how long that takes.
///
/// - Parameter limit: generous, because it only tells a slow machine from one that hangs.
/// - Throws: ``WaitedInVain``, or what the condition throws.
public func wait(
  until what: String, within limit: Duration = .seconds(120),
  isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  while try await !condition() {
    guard ContinuousClock.now < deadline else { throw WaitedInVain(what: what, limit: limit) }
    try await Task.sleep(for: .milliseconds(20))
  }
}
