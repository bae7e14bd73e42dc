import Foundation

/// An open regular file, closed with its last use.
struct OpenFile: ~Copyable {
  let descriptor: Int32
  let byteCount: Int64
  /// The permission bits.
  let mode: UInt32

  /// - Throws: `vanished`, `unreadable`, or `unsupported` for anything but a regular file (a pipe
  ///   is never waited for).
  init(_ file: LocalFile) throws(ExtractionError) {
    let path = file.pathBytes.map { CChar(bitPattern: $0) } + [0]
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let code = errno
      if code == ENOENT || code == ENOTDIR { throw .vanished }
      throw .unreadable(reason: systemMessage(code))
    }
    var status = stat()
    let isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    guard isRegular else {
      close(descriptor)
      throw .unsupported(reason: "it is not a regular file")
    }
    self.descriptor = descriptor
    self.byteCount = Int64(status.st_size)
    self.mode = UInt32(status.st_mode) & 0o7777
  }

  deinit { close(descriptor) }

  /// The file's beginning: at most `count` bytes, fewer where the file ends or shrinks.
  func read(atMost count: Int) throws(ExtractionError) -> [UInt8] {
    var bytes: [UInt8] = []
    var failure: Int32 = 0
    // Room for what the file says it holds, and one byte to notice that it grew.
    let room = min(count, Int(clamping: byteCount) &+ 1)
    bytes.reserveCapacity(max(room, 1))
    var chunk = [UInt8](repeating: 0, count: min(count, 64 * 1024))
    while bytes.count < count {
      let wanted = min(chunk.count, count - bytes.count)
      let received = chunk.withUnsafeMutableBytes {
        Foundation.read(descriptor, $0.baseAddress, wanted)
      }
      if received > 0 {
        bytes.append(contentsOf: chunk[..<received])
      } else if received == 0 {
        break
      } else if errno != EINTR {
        failure = errno
        break
      }
    }
    if failure != 0 { throw .unreadable(reason: systemMessage(failure)) }
    return bytes
  }
}

/// What the operating system says of an error number, in lower case.
func systemMessage(_ code: Int32) -> String {
  String(cString: strerror(code)).lowercased()
}
