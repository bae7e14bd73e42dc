/// What was asked for was not done in the time that was given to it. It may have had an effect.
struct TimeLimitReached: Error, Hashable, CustomStringConvertible {
  var limit: Duration
  var description: String { "There was no answer within \(limit)." }
}

/// Runs `operation`, and cancels it when it takes longer.
/// - Throws: ``TimeLimitReached``, or what it throws.
func within<Value: Sendable>(
  _ limit: Duration, _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await operation() }
    group.addTask {
      try await Task.sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    guard let value = try await group.next() ?? nil else { throw TimeLimitReached(limit: limit) }
    return value
  }
}
