import Glibc

/// An open folder. Everything in it is reached relative to its descriptor, so that a path that is
/// swapped for a symbolic link meanwhile leads nowhere.
final class FolderHandle {
  private let stream: OpaquePointer
  let descriptor: CInt

  /// Opens the folder at the top of a share, following links on the way to it: which folder a
  /// path means is the user's business there.
  convenience init(root: PathBytes) throws(SystemError) {
    let descriptor = root.withCString { open($0, Self.flags & ~O_NOFOLLOW) }
    try self.init(adopting: descriptor)
  }

  /// Opens a folder inside this one; never through a symbolic link.
  func folder(named name: PathBytes) throws(SystemError) -> FolderHandle {
    let descriptor = name.withCString { openat(self.descriptor, $0, Self.flags) }
    return try FolderHandle(adopting: descriptor)
  }

  /// Opens a folder by its path below this one; never through a symbolic link.
  func folder(at path: PathBytes) throws(SystemError) -> FolderHandle {
    var handle = self
    for component in path.components { handle = try handle.folder(named: component) }
    return handle
  }

  private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK

  private init(adopting descriptor: CInt) throws(SystemError) {
    guard descriptor >= 0 else { throw .last }
    guard let stream = fdopendir(descriptor) else {
      let error = SystemError.last
      close(descriptor)
      throw error
    }
    self.stream = stream
    self.descriptor = descriptor
  }

  deinit { closedir(stream) }

  func status() throws(SystemError) -> FileStatus {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .last }
    return FileStatus(status)
  }

  /// Opens a regular file of this folder for reading. What is not one is refused; a FIFO that
  /// took the file's place does not block.
  ///
  /// - Returns: the descriptor, which the caller closes, and the file's status.
  func openFile(named name: PathBytes) throws(SystemError) -> (CInt, FileStatus) {
    let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    let file = name.withCString { openat(descriptor, $0, flags) }
    guard file >= 0 else { throw .last }
    var status = stat()
    guard fstat(file, &status) == 0 else {
      let error = SystemError.last
      close(file)
      throw error
    }
    guard FileKind(mode: status.st_mode) == .file else {
      close(file)
      throw SystemError(code: ENXIO)
    }
    return (file, FileStatus(status))
  }

  /// Reads the whole folder, in the file system's order.
  ///
  /// - Parameter body: gets each name, without its NUL and valid during the call only, and its
  ///   kind where the file system tells it without a look at the entry. `.` and `..` are left out.
  func readEntries(_ body: (UnsafeRawBufferPointer, FileKind?) -> Void) throws(SystemError) {
    rewinddir(stream)
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw .last }
        return
      }
      let offset = MemoryLayout<dirent>.offset(of: \.d_name)!  // A stored property of C's.
      let name = UnsafeRawPointer(entry) + offset
      let count = strlen(name.assumingMemoryBound(to: CChar.self))
      let bytes = UnsafeRawBufferPointer(start: name, count: count)
      if bytes[0] == UInt8(ascii: "."), count == 1 || (count == 2 && bytes[1] == bytes[0]) {
        continue
      }
      let kind: FileKind? =
        switch Int(entry.pointee.d_type) {
        case Int(DT_REG): .file
        case Int(DT_DIR): .folder
        case Int(DT_LNK): .symbolicLink
        case Int(DT_UNKNOWN): nil
        default: .special
        }
      body(bytes, kind)
    }
  }

  /// Looks at an entry of this folder without following it.
  func status(ofEntry name: PathBytes) throws(SystemError) -> stat {
    try status(ofEntryAt: 0, in: name.bytes + [0])
  }

  /// As above, for a name among many.
  ///
  /// - Parameters:
  ///   - offset: where the name starts.
  ///   - names: holds a NUL behind the name.
  func status(ofEntryAt offset: Int, in names: [UInt8]) throws(SystemError) -> stat {
    var status = stat()
    let result = names.withUnsafeBytes { bytes in
      // `names` is never empty: it holds the NUL.
      let name = (bytes.baseAddress! + offset).assumingMemoryBound(to: CChar.self)
      return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW)
    }
    guard result == 0 else { throw .last }
    return status
  }
}
