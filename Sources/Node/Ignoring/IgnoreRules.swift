/// Which files and folders a scan leaves out: the lines of `.nearfindignore` files in gitignore's
/// syntax, over the defaults.
///
/// A value holds the files that apply in one folder. A deeper file wins over a shallower one, a
/// later line over an earlier one, and every file over the defaults. As in git, a file below an
/// ignored folder cannot be taken back in, because nothing looks into that folder.
public struct IgnoreRules: Sendable {
  /// The name of the ignore files.
  public static let filename = ".nearfindignore"

  /// Hidden files, editors' temporary files, partial downloads and desktop droppings. An ignore
  /// file takes any of them back in with `!`.
  public static let defaultLines = [
    ".*", "*~", "#*#", "*.swp", "*.swo", "~$*", "*.tmp", "*.part", "*.crdownload", "Thumbs.db",
    "desktop.ini",
  ]

  /// No rules: nothing is left out.
  public static let none = IgnoreRules(levels: [])

  /// The defaults alone.
  public static let standard = IgnoreRules(levels: [
    Level(
      folderByteCount: 0,
      patterns: defaultLines.compactMap {
        // A line that starts with `#` would be a comment.
        IgnorePattern(line: ArraySlice(($0.hasPrefix("#") ? "\\" + $0 : $0).utf8))
      })
  ])

  private struct Level: Sendable {
    /// The length of the folder's path with the slash behind it; 0 at the top.
    let folderByteCount: Int
    let patterns: [IgnorePattern]
  }

  private let levels: [Level]
  private let needsPaths: Bool

  private init(levels: [Level]) {
    self.levels = levels
    needsPaths = levels.contains { level in level.patterns.contains(where: \.matchesPaths) }
  }

  /// The rules in a folder that has an ignore file.
  ///
  /// - Parameters:
  ///   - contents: the ignore file's bytes; lines end in LF or CRLF, and a byte order mark at the
  ///     start is skipped. No contents are an error: a line that makes no sense matches nothing.
  ///   - folder: the folder's path below the share, without a slash at either end; empty at the
  ///     top. It must lie in the folder that these rules are for.
  public func adding(contents: [UInt8], in folder: PathBytes) -> IgnoreRules {
    var contents = contents[...]
    if contents.starts(with: [0xEF, 0xBB, 0xBF]) { contents = contents.dropFirst(3) }
    let patterns = contents.split(separator: UInt8(ascii: "\n")).compactMap { line in
      IgnorePattern(line: line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }
    guard !patterns.isEmpty else { return self }
    let count = folder.bytes.isEmpty ? 0 : folder.bytes.count + 1
    return IgnoreRules(levels: levels + [Level(folderByteCount: count, patterns: patterns)])
  }

  /// Whether the scan leaves an entry of a folder out, given that it looks into the folder.
  ///
  /// - Parameters:
  ///   - name: without a folder.
  ///   - folder: below the share; the folder that these rules are for or one below it.
  public func leaveOut(_ name: ArraySlice<UInt8>, in folder: PathBytes, isFolder: Bool) -> Bool {
    // Most rules speak of names alone, and a scan asks them once for every file.
    let path = needsPaths ? folder.appending(PathBytes(Array(name))).bytes[...] : name
    for level in levels.reversed() {
      let below = needsPaths ? path.dropFirst(level.folderByteCount) : path
      for pattern in level.patterns.reversed()
      where pattern.matches(name: name, path: below, isFolder: isFolder) {
        return !pattern.isNegated
      }
    }
    return false
  }
}
