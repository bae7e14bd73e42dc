import Testing

/// Waits for what another process does: looks again and again, without a guess at how long it takes.
enum Waiting {
  static func until(_ what: String, _ condition: () throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while try !condition() {
      try #require(ContinuousClock.now < deadline, "waited 30 s for \(what)")
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
