import Testing

/// Waits for a condition: looks again and again, without a guess at how long it takes.
enum Waiting {
  static func until(_ what: String, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(90)
    while try await !condition() {
      try #require(ContinuousClock.now < deadline, "waited 90 s for \(what)")
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
