import Glibc

/// A piece of memory that a file is read into again and again.
final class ReadBuffer {
  private let memory: UnsafeMutableRawBufferPointer

  init(byteCount: Int) {
    memory = .allocate(byteCount: byteCount, alignment: 4096)
  }

  deinit { memory.deallocate() }

  /// Reads from a place of the file on, as much as there is room for or until the end.
  ///
  /// - Returns: what was read, valid until the next call; empty at the end.
  func fill(from descriptor: CInt, at offset: Int64) throws(SystemError) -> UnsafeRawBufferPointer {
    let count = try readBytes(of: descriptor, at: offset, into: memory)
    return UnsafeRawBufferPointer(rebasing: memory[..<count])
  }
}

/// Reads from a place of a file on until `memory` is full or the file ends.
///
/// - Returns: how many bytes were read.
func readBytes(
  of descriptor: CInt, at offset: Int64, into memory: UnsafeMutableRawBufferPointer
) throws(SystemError) -> Int {
  var filled = 0
  while filled < memory.count {
    let received = pread(
      descriptor, memory.baseAddress! + filled, memory.count - filled, off_t(offset) + filled)
    if received < 0, errno == EINTR { continue }
    guard received >= 0 else { throw .last }
    if received == 0 { break }
    filled += received
  }
  return filled
}
