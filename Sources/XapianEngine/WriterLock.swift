import Foundation
import SearchModel

/// The right to write an index: held by one process at a time, and given up by the kernel when the
/// process ends in whatever way.
final class WriterLock: Sendable {
  private let descriptor: Int32

  /// - Throws: ``EngineError/locked(path:holder:)`` naming the process that has it.
  init(_ index: IndexFiles) throws(EngineError) {
    let descriptor = open(index.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileAccess.failure(index.lock) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      let holder = Self.holder(descriptor)
      close(descriptor)
      if code == EWOULDBLOCK { throw .locked(path: index.path, holder: holder) }
      errno = code
      throw FileAccess.failure(index.lock)
    }
    let text = "process \(getpid()) (\(ProcessInfo.processInfo.processName))"
    // The text only helps people; the lock holds without it.
    _ = ftruncate(descriptor, 0)
    _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    self.descriptor = descriptor
  }

  deinit {
    // Closing alone is not enough: a process that another thread is just starting has a copy of the
    // descriptor, and the lock with it, until it runs its program.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  private static func holder(_ descriptor: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 200)
    let count = pread(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return "another process" }
    return String(decoding: buffer.prefix(count), as: UTF8.self)
  }
}
