import Dispatch
import Foundation
import Protocol
import Synchronization

/// Writes events for the daemon into a pipe, each a whole line, in order. Nobody waits for a daemon
/// that does not read: what cannot be written is kept up to a limit, and beyond that left out.
final class EventOutput: Sendable {
  private let descriptor: Int32
  private let queue = DispatchQueue(label: "nearfind.virtual-server.events")
  private let waiting = Mutex(0)

  /// Events that wait to be written; of logs and states the later ones are left out beyond it.
  private static let limit = 1_000

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  func send(_ event: VirtualServerEvent) {
    let isKept = waiting.withLock { count in
      guard count < Self.limit || event.mustArrive else { return false }
      count += 1
      return true
    }
    guard isKept else { return }
    queue.async { [self] in
      write(event)
      waiting.withLock { $0 -= 1 }
    }
  }

  /// Returns when all is written, or after `limit`.
  func flush(within limit: DispatchTimeInterval) async {
    await withCheckedContinuation { continuation in
      let once = OnceContinuation(continuation)
      queue.async { once.resume() }
      DispatchQueue.global().asyncAfter(deadline: .now() + limit) { once.resume() }
    }
  }

  private func write(_ event: VirtualServerEvent) {
    // A number that JSON cannot hold is in no event.
    guard var bytes = try? BoundedJSON.encode(event) else { return }
    bytes.append(UInt8(ascii: "\n"))
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      // The daemon is gone; the end of the commands says so too.
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}

/// Resumes a continuation the first time it is asked to.
private final class OnceContinuation: Sendable {
  private let continuation: Mutex<CheckedContinuation<Void, Never>?>

  init(_ continuation: CheckedContinuation<Void, Never>) {
    self.continuation = Mutex(continuation)
  }

  func resume() {
    continuation.withLock { continuation in
      continuation?.resume()
      continuation = nil
    }
  }
}

extension VirtualServerEvent {
  fileprivate var mustArrive: Bool {
    switch self {
    case .listening, .failed: true
    case .status, .log: false
    }
  }
}
