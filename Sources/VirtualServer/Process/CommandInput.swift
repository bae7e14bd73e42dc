import Foundation
import Protocol
import Synchronization

/// Reads the daemon's commands from a pipe, on a thread of its own because reading waits.
final class CommandInput: Sendable {
  /// Whether the end has come.
  private let ended = Mutex(false)

  /// A list of all clients is the longest line.
  private static let limits = JSONLimits(
    byteCount: 16 << 20, depth: 16, valueCount: 1_000_000, stringByteCount: 64 * 1024)

  /// What comes out of the pipe.
  enum Item: Sendable {
    case command(VirtualServerCommand)
    /// A line that is no command known here; the next may be.
    case unknown(String)
    /// Nothing more comes: the daemon closed its end, or is gone.
    case end
  }

  /// - Parameter receive: called on the reading thread, in order; the end comes last and once.
  init(descriptor: Int32, receive: @escaping @Sendable (Item) -> Void) {
    let thread = Thread { [self] in
      Self.read(descriptor, receive)
      ended.withLock { $0 = true }
      receive(.end)
    }
    thread.name = "commands"
    thread.start()
  }

  /// Whether the end has come.
  var hasEnded: Bool { ended.withLock { $0 } }

  private static func read(_ descriptor: Int32, _ receive: (Item) -> Void) {
    var splitter = LineSplitter(limit: limits.byteCount)
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = Foundation.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      do throws(JSONProblem) {
        for line in try splitter.append(buffer[..<count]) { receive(item(line)) }
      } catch {
        // Where a line without end began, the next cannot be found.
        receive(.unknown("\(error)"))
        return
      }
    }
  }

  private static func item(_ line: [UInt8]) -> Item {
    do throws(JSONProblem) {
      return .command(try BoundedJSON.decode(from: line, limits: limits))
    } catch {
      return .unknown("\(error)")
    }
  }
}
