import Glibc

/// Keeps a second writer out of a folder, across processes, for as long as the value lives. The
/// kernel lets go of the lock when the holder ends, however it ends.
final class WriterLock: Sendable {
  private let descriptor: CInt

  /// - Parameter path: the lock file; created when missing, and left where it is.
  /// - Throws: ``CatalogError/locked(path:holder:)`` when another one holds it.
  init(path: String, catalogPath: String) throws(CatalogError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw Self.refusal(.last, path: path)
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let error = SystemError.last
      let content = (try? readStart(of: descriptor, count: 32)) ?? []
      close(descriptor)
      guard error.code == EWOULDBLOCK else { throw Self.refusal(error, path: path) }
      let number = String(decoding: content, as: UTF8.self).filter(\.isNumber)
      throw .locked(
        path: catalogPath,
        holder: number.isEmpty ? "another process" : "process \(number)")
    }
    let number = Array("\(getpid())\n".utf8)
    guard ftruncate(descriptor, 0) == 0,
      pwrite(descriptor, number, number.count, 0) == number.count
    else {
      let error = SystemError.last
      close(descriptor)
      throw Self.refusal(error, path: path)
    }
    self.descriptor = descriptor
  }

  deinit {
    // Closing alone is not enough: a process that another thread is just starting has a copy of the
    // descriptor, and the lock with it, until it runs its program.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  private static func refusal(_ error: SystemError, path: String) -> CatalogError {
    error.code == ENOSPC
      ? .diskFull(path: path) : .inputOutput(path: path, reason: error.description)
  }
}
