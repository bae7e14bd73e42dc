import Glibc

/// The names in a folder, before anything is known of them but perhaps their kind.
struct FolderEntries {
  struct Entry {
    /// Where the name stands in ``names``.
    let name: Range<Int>
    let kind: FileKind?
  }

  /// The names one behind another, each followed by a NUL.
  private(set) var names: [UInt8] = []
  private(set) var entries: [Entry] = []
  private(set) var holdsIgnoreFile = false

  mutating func append(_ name: UnsafeRawBufferPointer, kind: FileKind?) {
    let start = names.count
    names.append(contentsOf: name)
    names.append(0)
    entries.append(Entry(name: start..<(names.count - 1), kind: kind))
    if name.count == IgnoreRules.filename.utf8.count,
      name.elementsEqual(IgnoreRules.filename.utf8)
    {
      holdsIgnoreFile = true
    }
  }

  /// Orders the entries by their names' bytes, which is the order of the catalog's keys.
  mutating func sort() {
    names.withUnsafeBytes { bytes in
      entries.sort { left, right in
        // A NUL ends each name and sorts before every byte of a longer one.
        strcmp(
          (bytes.baseAddress! + left.name.lowerBound).assumingMemoryBound(to: CChar.self),
          (bytes.baseAddress! + right.name.lowerBound).assumingMemoryBound(to: CChar.self)
        )
          < 0
      }
    }
  }
}

/// Reads the first `count` bytes of a file, or fewer where it ends earlier.
func readStart(of descriptor: CInt, count: Int) throws(SystemError) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  var filled = 0
  while filled < count {
    let received = bytes.withUnsafeMutableBytes { buffer in
      read(descriptor, buffer.baseAddress! + filled, count - filled)
    }
    if received < 0, errno == EINTR { continue }
    guard received >= 0 else { throw .last }
    if received == 0 { break }
    filled += received
  }
  bytes.removeLast(count - filled)
  return bytes
}
