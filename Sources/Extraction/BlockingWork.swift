import Dispatch

/// Runs work that blocks on threads of its own, so that Swift's cooperative threads stay free. The
/// caller bounds how much runs at once.
enum BlockingWork {
  private static let queue = DispatchQueue(label: "nearfind.extraction", attributes: .concurrent)

  static func result<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: work()) }
    }
  }

  static func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws(ExtractionError) -> Value
  ) async throws(ExtractionError) -> Value {
    try await result { Result(catching: work) }.get()
  }
}
