import Glibc

/// What a name stands for in a folder.
public enum FileKind: Hashable, Sendable {
  case file
  case folder
  case symbolicLink
  /// A FIFO, a socket or a device: never opened.
  case special
}

/// What the file system says of a file without opening it.
public struct FileStatus: Hashable, Sendable {
  /// In bytes.
  public var size: Int64
  /// The modification time in nanoseconds since 1970.
  public var modified: Int64
  /// The time of the last change of content or attributes, in nanoseconds since 1970.
  public var changed: Int64
  public var device: Int64
  public var inode: Int64

  public init(size: Int64, modified: Int64, changed: Int64, device: Int64, inode: Int64) {
    self.size = size
    self.modified = modified
    self.changed = changed
    self.device = device
    self.inode = inode
  }

  init(_ status: stat) {
    size = Int64(status.st_size)
    modified = Self.nanoseconds(status.st_mtim)
    changed = Self.nanoseconds(status.st_ctim)
    device = Int64(bitPattern: UInt64(status.st_dev))
    inode = Int64(bitPattern: UInt64(status.st_ino))
  }

  /// Saturates for the years that 64 bits of nanoseconds cannot hold; file systems may claim any.
  private static func nanoseconds(_ time: timespec) -> Int64 {
    let (whole, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return time.tv_sec < 0 ? .min : .max }
    return whole.addingReportingOverflow(Int64(time.tv_nsec)).overflow
      ? .max : whole + Int64(time.tv_nsec)
  }

  /// Whether a file of this status has the content that was read when it had the other: the same
  /// file, untouched since. Device numbers may change when a disk is mounted again, so they tell
  /// files apart only between different paths.
  func isUnchanged(from other: FileStatus) -> Bool {
    size == other.size && modified == other.modified && changed == other.changed
      && inode == other.inode
  }
}

extension FileKind {
  init(mode: mode_t) {
    switch mode & S_IFMT {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    case S_IFLNK: self = .symbolicLink
    default: self = .special
    }
  }
}

/// An error number of the operating system.
struct SystemError: Error, Hashable, CustomStringConvertible {
  let code: CInt

  static var last: SystemError { SystemError(code: errno) }

  var description: String { String(cString: strerror(code)) }

  /// The thing is not there, or is no longer what it was.
  var meansVanished: Bool { [ENOENT, ENOTDIR, ELOOP, ENXIO].contains(code) }

  var meansForbidden: Bool { code == EACCES || code == EPERM }
}
