/// A shell pattern over bytes, as gitignore files use them: `?`, `*`, `**`, `[a-z]`, `\` escapes.
///
/// Matching runs all alternatives side by side, so its time is bounded by pattern length times
/// text length, whatever the pattern: no pattern can stall a scan.
struct GlobPattern: Sendable {
  private enum Token: Sendable {
    case byte(UInt8)
    case anyByte
    case anyButSlash
    case oneOf(ByteSet)
    /// `*` in a path: any run without a slash.
    case runWithoutSlash
    /// `**` between slashes, and `*` in a name: any run.
    case run
    /// `**/`: nothing, or any run that ends in a slash.
    case folders
    /// A malformed pattern: matches nothing, as in git.
    case never
  }

  private let tokens: [Token]

  /// - Parameters:
  ///   - pattern: the pattern's bytes, without the gitignore decorations around it.
  ///   - matchesPaths: whether the text is a path, where `*`, `?` and `[…]` never match a slash
  ///     and `**` is special.
  init(_ pattern: ArraySlice<UInt8>, matchesPaths: Bool) {
    var parser = GlobParser(pattern: Array(pattern), matchesPaths: matchesPaths)
    var tokens: [Token] = []
    while let element = parser.next() {
      switch element {
      case .byte(let byte): tokens.append(.byte(byte))
      case .any: tokens.append(matchesPaths ? .anyButSlash : .anyByte)
      case .set(var set):
        if matchesPaths { set.remove(UInt8(ascii: "/")) }
        tokens.append(.oneOf(set))
      case .run(let crossesSlashes): tokens.append(crossesSlashes ? .run : .runWithoutSlash)
      case .folders: tokens.append(.folders)
      case .malformed: tokens.append(.never)
      }
    }
    self.tokens = tokens
  }

  /// Whether the whole of `text` matches.
  func matches(_ text: ArraySlice<UInt8>) -> Bool {
    var states = [Bool](repeating: false, count: tokens.count + 1)
    enter(0, &states)
    for byte in text {
      var following = [Bool](repeating: false, count: tokens.count + 1)
      var isAlive = false
      for index in tokens.indices where states[index] {
        isAlive = step(from: index, over: byte, into: &following) || isAlive
      }
      guard isAlive else { return false }
      states = following
    }
    return states[tokens.count]
  }

  /// Makes a position reachable, with what is reachable from it over nothing.
  private func enter(_ index: Int, _ states: inout [Bool]) {
    states[index] = true
    guard index < tokens.count else { return }
    switch tokens[index] {
    case .run, .runWithoutSlash, .folders: enter(index + 1, &states)
    default: break
    }
  }

  private func step(from index: Int, over byte: UInt8, into states: inout [Bool]) -> Bool {
    let slash = UInt8(ascii: "/")
    switch tokens[index] {
    case .byte(let expected):
      guard byte == expected else { return false }
      enter(index + 1, &states)
    case .anyByte: enter(index + 1, &states)
    case .anyButSlash:
      guard byte != slash else { return false }
      enter(index + 1, &states)
    case .oneOf(let set):
      guard set.contains(byte) else { return false }
      enter(index + 1, &states)
    case .run: enter(index, &states)
    case .runWithoutSlash:
      guard byte != slash else { return false }
      enter(index, &states)
    case .folders:
      // Inside the run: the position after it is reached by a slash only, so this one is
      // kept without entering it again.
      states[index] = true
      if byte == slash { enter(index + 1, &states) }
    case .never: return false
    }
    return true
  }
}
