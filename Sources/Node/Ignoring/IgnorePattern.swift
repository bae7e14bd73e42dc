/// One line of an ignore file, compiled.
struct IgnorePattern: Sendable {
  /// How the text is compared, the quick ways first: nearly every line of real ignore files is a
  /// name, a start or an ending, and a scan asks each of them for each file.
  private enum Comparison: Sendable {
    case exactly([UInt8])
    case startingWith([UInt8])
    case endingWith([UInt8])
    /// A literal start, then a pattern for what follows it.
    case glob(start: [UInt8], rest: GlobPattern)
  }

  /// Whether the line takes files back in that an earlier one left out.
  let isNegated: Bool
  let matchesFoldersOnly: Bool
  /// Whether the line speaks of the path below the ignore file's folder, not of the bare name.
  let matchesPaths: Bool
  private let comparison: Comparison

  /// - Parameter line: without its line end.
  /// - Returns: nil for a blank line and a comment.
  init?(line: ArraySlice<UInt8>) {
    var line = line
    guard line.first != UInt8(ascii: "#") else { return nil }
    line = Self.trimmingTrailingSpaces(line)
    isNegated = line.first == UInt8(ascii: "!")
    if isNegated { line = line.dropFirst() }
    matchesFoldersOnly = line.last == UInt8(ascii: "/")
    if matchesFoldersOnly { line = line.dropLast() }
    guard !line.isEmpty else { return nil }
    matchesPaths = line.contains(UInt8(ascii: "/"))
    if line.first == UInt8(ascii: "/") { line = line.dropFirst() }
    comparison = Self.comparison(for: line, matchesPaths: matchesPaths)
  }

  /// - Parameters:
  ///   - name: the last component of `path`.
  ///   - path: relative to the folder of the ignore file.
  func matches(name: ArraySlice<UInt8>, path: ArraySlice<UInt8>, isFolder: Bool) -> Bool {
    if matchesFoldersOnly && !isFolder { return false }
    let text = matchesPaths ? path : name
    switch comparison {
    case .exactly(let bytes): return text.elementsEqual(bytes)
    case .startingWith(let bytes): return text.starts(with: bytes)
    case .endingWith(let bytes): return text.suffix(bytes.count).elementsEqual(bytes)
    case .glob(let start, let rest):
      return text.starts(with: start) && rest.matches(text.dropFirst(start.count))
    }
  }

  private static func comparison(for pattern: ArraySlice<UInt8>, matchesPaths: Bool) -> Comparison {
    let isSpecial: (UInt8) -> Bool = { "*?[\\".utf8.contains($0) }
    let start = pattern.prefix { !isSpecial($0) }
    let rest = pattern.dropFirst(start.count)
    if rest.isEmpty { return .exactly(Array(pattern)) }
    if !matchesPaths, rest.first == UInt8(ascii: "*"),
      !rest.dropFirst().contains(where: isSpecial)
    {
      if rest.count == 1 { return .startingWith(Array(start)) }
      if start.isEmpty { return .endingWith(Array(rest.dropFirst())) }
    }
    // The rest is compiled as if it stood alone, so that `a**/b` means what it means to git:
    // `**` counts as leading after a literal start.
    return .glob(start: Array(start), rest: GlobPattern(rest, matchesPaths: matchesPaths))
  }

  /// Spaces at the end go, unless the last of them is escaped. Tabs stay.
  private static func trimmingTrailingSpaces(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var end = line.startIndex
    var index = line.startIndex
    while index < line.endIndex {
      if line[index] == UInt8(ascii: "\\") {
        index = min(index + 2, line.endIndex)
        end = index
      } else {
        index += 1
        if line[index - 1] != UInt8(ascii: " ") { end = index }
      }
    }
    return line[..<end]
  }
}
