import Foundation

/// A file system of a few megabytes in memory, to be filled.
public struct SmallDisk: Sendable {
  public let path: String

  /// Mounting needs root, and a system that allows it.
  public static let isAvailable: Bool = {
    guard let disk = SmallDisk(megabytes: 1) else { return false }
    disk.remove()
    return true
  }()

  /// Nil where mounting is refused.
  public init?(megabytes: Int) {
    path = NSTemporaryDirectory() + "nearfind-disk-" + UUID().uuidString
    #if os(Linux)
      guard mkdir(path, 0o700) == 0 else { return nil }
      guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
        rmdir(path)
        return nil
      }
    #else
      return nil
    #endif
  }

  public func remove() {
    #if os(Linux)
      // What is still open goes when it is closed.
      umount2(path, Int32(MNT_DETACH))
    #endif
    rmdir(path)
  }

  /// Writes a file that leaves so many bytes, about.
  public func fill(_ file: String, leaving byteCount: Int) {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return }
    let free = Int(status.f_bavail) * Int(status.f_frsize)
    let ballast = Data(repeating: 1, count: max(0, free - byteCount))
    _ = FileManager.default.createFile(atPath: path + "/" + file, contents: ballast)
  }

  public func empty(_ file: String) {
    unlink(path + "/" + file)
  }
}
