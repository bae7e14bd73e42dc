/// Cuts a shell pattern into elements.
struct GlobParser {
  enum Element {
    case byte(UInt8)
    case any
    case set(ByteSet)
    case run(crossesSlashes: Bool)
    case folders
    case malformed
  }

  private let pattern: [UInt8]
  private let matchesPaths: Bool
  private var position = 0

  init(pattern: [UInt8], matchesPaths: Bool) {
    self.pattern = pattern
    self.matchesPaths = matchesPaths
  }

  mutating func next() -> Element? {
    guard position < pattern.count else { return nil }
    switch pattern[position] {
    case UInt8(ascii: "?"):
      position += 1
      return .any
    case UInt8(ascii: "*"): return nextRun()
    case UInt8(ascii: "["): return nextSet()
    case UInt8(ascii: "\\"):
      guard position + 1 < pattern.count else { return malformed() }
      position += 2
      return .byte(pattern[position - 1])
    case let byte:
      position += 1
      return .byte(byte)
    }
  }

  /// What follows a mistake has no meaning: the element ends the pattern.
  private mutating func malformed() -> Element {
    position = pattern.count
    return .malformed
  }

  private func byte(at index: Int) -> UInt8? { index < pattern.count ? pattern[index] : nil }

  private mutating func nextRun() -> Element {
    let slash = UInt8(ascii: "/")
    let start = position
    while byte(at: position) == UInt8(ascii: "*") { position += 1 }
    guard matchesPaths else { return .run(crossesSlashes: true) }
    guard position - start >= 2 else { return .run(crossesSlashes: false) }
    // `**` is special only between slashes or at an end; elsewhere it is a single `*`.
    let startsComponent = start == 0 || pattern[start - 1] == slash
    let next = byte(at: position)
    let endsComponent =
      next == nil || next == slash
      || (next == UInt8(ascii: "\\") && byte(at: position + 1) == slash)
    guard startsComponent, endsComponent else { return .run(crossesSlashes: false) }
    guard next == slash else { return .run(crossesSlashes: true) }
    position += 1
    return .folders
  }

  private mutating func nextSet() -> Element {
    position += 1
    var isInverted = false
    if let mark = byte(at: position), mark == UInt8(ascii: "!") || mark == UInt8(ascii: "^") {
      isInverted = true
      position += 1
    }
    var set = ByteSet()
    var previous: UInt8?
    var isFirst = true
    while true {
      guard let current = byte(at: position) else { return malformed() }
      // A bracket that comes first is a member, not the end.
      if current == UInt8(ascii: "]"), !isFirst { break }
      isFirst = false
      guard let member = setMember(current, after: previous, into: &set) else {
        return malformed()
      }
      previous = member.previous
    }
    position += 1
    if isInverted { set.invert() }
    return .set(set)
  }

  private struct Member {
    /// What a range that follows would start from.
    var previous: UInt8?
  }

  /// Takes one member of a set: a byte, an escape, the rest of a range, a class.
  ///
  /// - Returns: nil when the set is malformed.
  private mutating func setMember(
    _ current: UInt8, after previous: UInt8?, into set: inout ByteSet
  ) -> Member? {
    let next = byte(at: position + 1)
    if current == UInt8(ascii: "\\") {
      guard let next else { return nil }
      set.insert(next)
      position += 2
      return Member(previous: next)
    }
    if current == UInt8(ascii: "-"), let low = previous, let next, next != UInt8(ascii: "]") {
      position += 1
      var high = next
      if high == UInt8(ascii: "\\") {
        position += 1
        guard let escaped = byte(at: position) else { return nil }
        high = escaped
      }
      position += 1
      if low <= high { for member in low...high { set.insert(member) } }
      return Member(previous: nil)
    }
    if current == UInt8(ascii: "["), next == UInt8(ascii: ":") {
      return namedClass(into: &set)
    }
    set.insert(current)
    position += 1
    return Member(previous: current)
  }

  private mutating func namedClass(into set: inout ByteSet) -> Member? {
    let start = position + 2
    guard let end = pattern[min(start, pattern.count)...].firstIndex(of: UInt8(ascii: "]"))
    else { return nil }
    guard end > start, pattern[end - 1] == UInt8(ascii: ":") else {
      // Not closed by `:]`: the bracket is a member like any other.
      set.insert(UInt8(ascii: "["))
      position += 1
      return Member(previous: UInt8(ascii: "["))
    }
    guard let contains = Self.class(named: pattern[start..<(end - 1)]) else { return nil }
    for byte in UInt8(0)...127 where contains(byte) { set.insert(byte) }
    position = end + 1
    return Member(previous: nil)
  }

  /// The POSIX classes over ASCII.
  private static func `class`(named name: ArraySlice<UInt8>) -> ((UInt8) -> Bool)? {
    let isDigit = { (byte: UInt8) in (48...57).contains(byte) }
    let isUpper = { (byte: UInt8) in (65...90).contains(byte) }
    let isLower = { (byte: UInt8) in (97...122).contains(byte) }
    let isAlpha = { (byte: UInt8) in isUpper(byte) || isLower(byte) }
    let isAlnum = { (byte: UInt8) in isAlpha(byte) || isDigit(byte) }
    let isPrint = { (byte: UInt8) in (32...126).contains(byte) }
    switch String(decoding: name, as: UTF8.self) {
    case "alnum": return isAlnum
    case "alpha": return isAlpha
    case "blank": return { $0 == 32 || $0 == 9 }
    case "cntrl": return { $0 < 32 || $0 == 127 }
    case "digit": return isDigit
    case "graph": return { isPrint($0) && $0 != 32 }
    case "lower": return isLower
    case "print": return isPrint
    case "punct": return { isPrint($0) && $0 != 32 && !isAlnum($0) }
    // Not the vertical tab and the form feed: git's table of spaces leaves them out.
    case "space": return { $0 == 32 || $0 == 9 || $0 == 10 || $0 == 13 }
    case "upper": return isUpper
    case "xdigit":
      return { isDigit($0) || (65...70).contains($0) || (97...102).contains($0) }
    default: return nil
    }
  }
}
