import Glibc

/// Where a file is put: a folder and a name in it.
public struct FetchTarget: Hashable, Sendable {
  public let folder: PathBytes
  public let name: PathBytes

  /// - Parameter name: one component of a path.
  public init(folder: PathBytes, name: PathBytes) {
    self.folder = folder
    self.name = name
  }

  /// As text, for people.
  public var path: String {
    folder == PathBytes(".") ? name.text : folder.appending(name).text
  }

  /// What somebody who wants a file says of where it should go.
  ///
  /// - Parameters:
  ///   - wish: a folder, the path of a file in a folder that is there, or nil for the working
  ///     directory.
  ///   - filename: what the file is called where it comes from; made safe where it gives the name.
  public init(_ wish: String?, filename: String) {
    let safe = PathBytes(SafeFileName.make(of: filename))
    guard let wish, !wish.isEmpty else {
      self.init(folder: PathBytes("."), name: safe)
      return
    }
    var status = stat()
    let isFolder = stat(wish, &status) == 0 && FileKind(mode: status.st_mode) == .folder
    if isFolder || wish.hasSuffix("/") {
      self.init(folder: PathBytes(wish), name: safe)
      return
    }
    let path = PathBytes(wish)
    let isAtRoot = path.bytes.first == UInt8(ascii: "/")
    let parent = path.parent.isEmpty ? PathBytes(isAtRoot ? "/" : ".") : path.parent
    self.init(folder: parent, name: path.lastComponent)
  }

  /// The unfinished file's name: hidden, and in the way of nothing.
  ///
  /// - Parameter longest: bytes that a name may have there.
  func partName(longest: Int) -> PathBytes {
    let suffix = Array(".nearfind-part".utf8)
    let whole = [UInt8(ascii: ".")] + name.bytes + suffix
    if whole.count <= longest { return PathBytes(whole) }
    // Two long names that begin alike must not share a part.
    let number = PathHash.value(of: name.bytes)
    let mark = Array((".~" + String(number, radix: 16)).utf8)
    let room = max(0, longest - mark.count - suffix.count - 1)
    return PathBytes([UInt8(ascii: ".")] + name.bytes.prefix(room) + mark + suffix)
  }
}

/// FNV-1a, 64 bits: tells names apart, and means nothing else.
private enum PathHash {
  static func value(of bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
