/// What one folder of a share holds, as the scan leaves it to the catalog.
struct FolderListing: Sendable {
  struct File: Sendable {
    /// Where the name stands in ``FolderListing/names``.
    let name: Range<Int>
    let status: FileStatus
    /// Whether the file has other names, here or elsewhere: hard links.
    let hasOtherNames: Bool
  }

  /// Below the share.
  var path: PathBytes

  /// All names of the listing, one behind another, each followed by a NUL: a folder of a hundred
  /// thousand files is one allocation, not a hundred thousand.
  var names: [UInt8] = []

  /// The files, in the order of their names' bytes.
  var files: [File] = []

  /// The names of the folders that the scan goes on into, in the order of their bytes.
  var folders: [PathBytes] = []

  /// How far the listing can be believed.
  var outcome = Outcome.complete

  enum Outcome: Sendable {
    /// Everything that is there; what is not listed is gone.
    case complete
    /// The folder is gone, became something else, is left out by the rules or may not be read:
    /// nothing of it is shared.
    case gone
    /// The folder could not be read for a passing reason: what is known of it stays.
    case unknown
  }

  func name(of file: File) -> PathBytes { PathBytes(Array(names[file.name])) }

  /// Orders names in `names` by their bytes.
  static func precedes(_ left: Range<Int>, _ right: Range<Int>, in names: [UInt8]) -> Bool {
    names[left].lexicographicallyPrecedes(names[right])
  }
}

/// Something that a scan met and went on from.
public struct ScanNote: Hashable, Sendable, CustomStringConvertible {
  public enum Reason: Hashable, Sendable {
    /// A symbolic link; where it leads is not shared through it.
    case symbolicLink
    /// A FIFO, a socket or a device.
    case notAFile
    /// The operating system refuses; the text is its reason.
    case unreadable(String)
    /// The folder lies on another file system, and the scan stays on one.
    case otherFileSystem
    /// The folder lies deeper than ``FolderScan/maximumDepth``.
    case tooDeep
  }

  /// Absolute. Not safe for a terminal.
  public var path: PathBytes
  public var reason: Reason

  public var description: String {
    switch reason {
    case .symbolicLink: "\(path.text): skipped, a symbolic link"
    case .notAFile: "\(path.text): skipped, not a file"
    case .unreadable(let text): "\(path.text): cannot be read: \(text)"
    case .otherFileSystem: "\(path.text): skipped, on another file system"
    case .tooDeep: "\(path.text): skipped, more than \(FolderScan.maximumDepth) folders deep"
    }
  }
}
