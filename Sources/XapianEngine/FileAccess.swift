import Foundation
import SearchModel

/// The few file operations that a commit needs, with their errors told apart by what one can do.
enum FileAccess {
  static func contents(of path: String, missing index: String) throws(EngineError) -> Data {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .missing(path: index) }
      throw failure(path)
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      return try handle.readToEnd() ?? Data()
    } catch {
      throw .inputOutput(path: path, reason: "\(error)")
    }
  }

  /// Puts the bytes where the path says, all or nothing, and durably: written beside, forced to the
  /// disk, renamed, and the folder forced too.
  static func replace(_ path: String, with bytes: [UInt8]) throws(EngineError) {
    let beside = path + ".new"
    let descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(beside) }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure(beside) }
      rest = rest.dropFirst(count)
    }
    guard fsync(descriptor) == 0 else { throw failure(beside) }
    guard rename(beside, path) == 0 else { throw failure(path) }
    try synchronize((path as NSString).deletingLastPathComponent)
  }

  /// Forces a file, or a folder's entries, to the disk.
  static func synchronize(_ path: String) throws(EngineError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(path) }
  }

  /// Makes the folder and those above it, readable to this user alone.
  static func makeFolder(_ path: String) throws(EngineError) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch CocoaError.fileWriteOutOfSpace {
      throw .diskFull(path: path)
    } catch {
      throw .inputOutput(path: path, reason: error.localizedDescription)
    }
  }

  /// Removes what is there; that nothing is there, or that it cannot be removed, is not an error:
  /// the next writer tries again.
  static func discard(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
  }

  static func names(in folder: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  }

  /// What tells one state of a file from another; nil where there is none. A file that replaces
  /// another may look the same within one tick of the clock, unless that is a ``HeldFile``.
  static func identity(of path: String) -> FileIdentity? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return FileIdentity(status)
  }

  static func failure(_ path: String) -> EngineError {
    let code = errno
    if code == ENOSPC || code == EDQUOT || code == EFBIG { return .diskFull(path: path) }
    return .inputOutput(path: path, reason: String(cString: strerror(code)))
  }
}

struct FileIdentity: Equatable {
  var device: UInt64
  var inode: UInt64
  var byteCount: Int64
  var seconds: Int64
  var nanoseconds: Int64

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    byteCount = Int64(status.st_size)
    seconds = Int64(status.st_mtim.tv_sec)
    nanoseconds = Int64(status.st_mtim.tv_nsec)
  }
}
