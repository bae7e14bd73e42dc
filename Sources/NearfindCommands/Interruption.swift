import Dispatch
import Foundation

/// Turns Ctrl-C and SIGTERM into the cancellation of one piece of work, so that it can stop where
/// nothing is half done. A second Ctrl-C ends the program at once.
enum Interruption {
  /// - Returns: what the work returned.
  /// - Throws: ``CommandStatus`` with ``ExitStatus/interrupted`` or ``ExitStatus/terminated`` when
  ///   a signal stopped the work; else what the work threw.
  static func cancelling<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value,
    onInterruption say: @escaping @Sendable () -> Void
  ) async throws -> Value {
    let task = Task(operation: work)
    let received = ReceivedSignal()
    let sources = sources { number in
      if received.note(number) {
        say()
        task.cancel()
      } else {
        exit(Self.status(of: number).rawValue)
      }
    }
    defer {
      for source in sources { source.cancel() }
      signal(SIGINT, SIG_DFL)
      signal(SIGTERM, SIG_DFL)
    }
    do {
      return try await task.value
    } catch {
      if let number = received.first { throw CommandStatus(status(of: number)) }
      throw error
    }
  }

  /// Has work that ends by itself end: at the first Ctrl-C or SIGTERM `stop` is called, at the second
  /// the program ends at once.
  static func asking(
    _ work: @escaping @Sendable () async throws -> Void, toStop stop: @escaping @Sendable () -> Void
  ) async throws {
    let received = ReceivedSignal()
    let sources = sources { number in
      if received.note(number) { stop() } else { exit(status(of: number).rawValue) }
    }
    defer { for source in sources { source.cancel() } }
    try await work()
  }

  private static func sources(
    _ handle: @escaping @Sendable (Int32) -> Void
  ) -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM].map { number in
      // The source sees the signal only when its default effect is switched off.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { handle(number) }
      source.resume()
      return source
    }
  }

  private static func status(of signal: Int32) -> ExitStatus {
    signal == SIGTERM ? .terminated : .interrupted
  }
}
