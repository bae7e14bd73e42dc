/// A path as the file system has it: bytes, which need not be UTF-8.
///
/// Paths below a share have no slash at either end; the share's own folder is the empty path.
public struct PathBytes: Hashable, Sendable, Comparable {
  public var bytes: [UInt8]

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public init(_ text: String) { bytes = Array(text.utf8) }

  public static let empty = PathBytes([])

  /// The path as text; bytes that are not UTF-8 appear as U+FFFD. Not safe for a terminal: a
  /// name may hold control characters.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  public var isEmpty: Bool { bytes.isEmpty }

  /// Without the last component; empty when there is no other.
  public var parent: PathBytes {
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return .empty }
    return PathBytes(Array(bytes[..<slash]))
  }

  /// The name without the folders; empty for the empty path.
  public var lastComponent: PathBytes {
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return self }
    return PathBytes(Array(bytes[(slash + 1)...]))
  }

  public var components: [PathBytes] {
    bytes.split(separator: UInt8(ascii: "/")).map { PathBytes(Array($0)) }
  }

  /// - Parameter component: one name or a relative path; appended behind a slash, unless either
  ///   side is empty.
  public func appending(_ component: PathBytes) -> PathBytes {
    guard !bytes.isEmpty else { return component }
    guard !component.isEmpty else { return self }
    var result = bytes
    result.reserveCapacity(bytes.count + 1 + component.bytes.count)
    if result.last != UInt8(ascii: "/") { result.append(UInt8(ascii: "/")) }
    result.append(contentsOf: component.bytes)
    return PathBytes(result)
  }

  /// Whether this is `folder` or lies below it.
  public func isInside(_ folder: PathBytes) -> Bool {
    if folder.isEmpty || self == folder { return true }
    if folder.bytes == [UInt8(ascii: "/")] { return bytes.first == UInt8(ascii: "/") }
    return bytes.count > folder.bytes.count && bytes.starts(with: folder.bytes)
      && bytes[folder.bytes.count] == UInt8(ascii: "/")
  }

  /// By bytes.
  public static func < (left: PathBytes, right: PathBytes) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }

  /// Calls `body` with the path as the system calls take it.
  func withCString<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
    var terminated = bytes
    terminated.append(0)
    return try terminated.withUnsafeBytes { buffer in
      // Bytes and C characters have the same layout, and the array is never empty.
      try body(buffer.assumingMemoryBound(to: CChar.self).baseAddress!)
    }
  }
}
