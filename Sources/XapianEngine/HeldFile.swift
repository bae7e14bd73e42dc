import Foundation
import SearchModel

/// A file that is replaced as a whole by others, held open so that it can be told from what comes
/// after it: as long as it is open, the system gives its inode to no other file, however soon after
/// one another the replacements come and however coarse the clock is.
final class HeldFile: Sendable {
  private let descriptor: Int32
  private let identity: FileIdentity

  /// - Throws: ``EngineError/missing(path:)`` with `index` where there is no file.
  init(_ path: String, missing index: String) throws(EngineError) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .missing(path: index) }
      throw FileAccess.failure(path)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let failure = FileAccess.failure(path)
      close(descriptor)
      throw failure
    }
    identity = FileIdentity(status)
  }

  deinit { close(descriptor) }

  /// Whether the path still leads to this file, unchanged.
  func isCurrent(at path: String) -> Bool { FileAccess.identity(of: path) == identity }

  func contents(of path: String) throws(EngineError) -> Data {
    do {
      // The handle does not own the descriptor; the offset is this file's own.
      return try FileHandle(fileDescriptor: descriptor).readToEnd() ?? Data()
    } catch {
      throw .inputOutput(path: path, reason: "\(error)")
    }
  }
}
