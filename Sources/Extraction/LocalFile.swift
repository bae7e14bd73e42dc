import Foundation

/// A file of this machine by its absolute path, in the bytes that the file system has: a name need
/// not be valid UTF-8.
public struct LocalFile: Hashable, Sendable, CustomStringConvertible {
  /// The absolute path; no NUL, never empty.
  public let pathBytes: [UInt8]

  /// - Parameter pathBytes: absolute, or relative to the working directory of now.
  /// - Returns: nil for an empty path and for one that holds a NUL.
  public init?(pathBytes: some Sequence<UInt8>) {
    let bytes = Array(pathBytes)
    guard let first = bytes.first, !bytes.contains(0) else { return nil }
    if first == Self.slash {
      self.pathBytes = bytes
    } else {
      let folder = FileManager.default.currentDirectoryPath
      self.pathBytes = Array(folder.utf8) + [Self.slash] + bytes
    }
  }

  /// As ``init(pathBytes:)`` with the path's UTF-8.
  public init?(path: String) {
    self.init(pathBytes: path.utf8)
  }

  /// The path for people: repaired where it is not UTF-8, without control characters.
  public var description: String {
    TextCleaning.line(String(decoding: pathBytes, as: UTF8.self), maximumByteCount: 4096)
  }

  /// The last component's bytes.
  var nameBytes: ArraySlice<UInt8> {
    pathBytes.lastIndex(of: Self.slash).map { pathBytes[($0 + 1)...] } ?? pathBytes[...]
  }

  /// The extension of the name in lower case, without a dot; empty where there is none.
  /// `.profile` has none, `archive.tar.gz` has `gz`.
  public var fileExtension: String {
    let name = nameBytes
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else {
      return ""
    }
    return String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased()
  }

  /// The same file with the links and dots of its folder resolved; its own name stays.
  func resolvingFolder() -> LocalFile {
    let name = Array(nameBytes)
    let folder = Array(pathBytes.dropLast(name.count)) + [0]
    let resolved = folder.withUnsafeBytes { buffer in
      buffer.baseAddress.flatMap { realpath($0.assumingMemoryBound(to: CChar.self), nil) }
    }
    guard let resolved else { return self }
    defer { free(resolved) }
    let bytes = (0..<strlen(resolved)).map { UInt8(bitPattern: resolved[$0]) }
    let separator = bytes.last == Self.slash ? [] : [Self.slash]
    return LocalFile(pathBytes: bytes + separator + name) ?? self
  }

  private static let slash = UInt8(ascii: "/")
}
