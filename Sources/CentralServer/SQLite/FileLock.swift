import Glibc

/// A lock on a file for as long as the value lives. The kernel lets go of it when the process ends,
/// however it ends.
public final class FileLock: Sendable {
  private let descriptor: CInt

  /// - Returns: nil while another holds it.
  /// - Throws: ``LockRefusal`` if the file cannot be made.
  public init?(path: String) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw LockRefusal(path: path, code: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      if code == EWOULDBLOCK { return nil }
      throw LockRefusal(path: path, code: code)
    }
  }

  deinit {
    // Closing alone is not enough: a process that is just starting has a copy of the descriptor.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}

/// The operating system gives no lock on this file.
public struct LockRefusal: Error, CustomStringConvertible {
  let path: String
  let code: CInt

  public var description: String { "\(path): \(String(cString: strerror(code)))" }
}
