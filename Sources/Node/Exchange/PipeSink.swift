import Exchange
import Glibc
import Synchronization

/// Writes pieces in their order to a descriptor, such as a pipe. Those that come too early wait in
/// memory: as many as the window of ``Exchange/FetchLimits`` is wide.
final class PipeSink: PieceSink {
  private struct State {
    var next = 0
    var writtenCount: Int64 = 0
    var early: [Int: [UInt8]] = [:]
    var failure: FetchStorageError?
  }

  /// Pieces that may be asked for ahead of the next one.
  static let window = 64

  private let descriptor: CInt
  /// Held while writing: the order of the bytes is what it guards.
  private let state = Mutex(State())

  init(descriptor: CInt) {
    self.descriptor = descriptor
  }

  /// Bytes that went out and cannot be taken back.
  var writtenCount: Int64 { state.withLock { $0.writtenCount } }

  func put(_ bytes: UnsafeRawBufferPointer, piece: Int) throws(FetchStorageError) {
    let failure = state.withLock { state -> FetchStorageError? in
      if let failure = state.failure { return failure }
      guard piece >= state.next else { return nil }
      guard piece == state.next else {
        state.early[piece] = Array(bytes)
        return nil
      }
      state.failure = write(bytes, &state.writtenCount)
      state.next += 1
      while state.failure == nil, let waiting = state.early.removeValue(forKey: state.next) {
        state.failure = waiting.withUnsafeBytes { write($0, &state.writtenCount) }
        state.next += 1
      }
      return state.failure
    }
    if let failure { throw failure }
  }

  /// - Returns: why it could not be written; nil where it was.
  private func write(
    _ bytes: UnsafeRawBufferPointer, _ total: inout Int64
  ) -> FetchStorageError? {
    var written = 0
    while written < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
      if count >= 0 {
        written += count
        total += Int64(count)
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        // A pipe that someone else made non-blocking.
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&request, 1, -1)
      case EPIPE: return .receiverGone
      default: return FetchStorageError(SystemError.last, path: "The output", missing: 0)
      }
    }
    return nil
  }
}
