/// An IPv6 address as its 128 bits, without a zone: what has one is a link's business.
public struct IPv6Address: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Network order read as a number: `::1` is 1.
  public let bits: UInt128

  public init(bits: UInt128) {
    self.bits = bits
  }

  /// Reads every form of RFC 4291, section 2.2: eight groups, `::`, a dotted tail.
  ///
  /// - Returns: nil for anything else, zones (`%eth0`) and brackets among it.
  public init?(_ text: some StringProtocol) {
    let halves = Self.halves(of: String(text))
    switch halves.count {
    case 1:
      guard let groups = Self.groups(in: halves[0], mayEndDotted: true), groups.count == 8 else {
        return nil
      }
      bits = Self.joined(groups)
    case 2:
      // `::` stands for at least one group of zeros.
      guard let head = Self.groups(in: halves[0], mayEndDotted: false),
        let tail = Self.groups(in: halves[1], mayEndDotted: true), head.count + tail.count <= 7
      else { return nil }
      let gap = [UInt16](repeating: 0, count: 8 - head.count - tail.count)
      bits = Self.joined(head + gap + tail)
    default:
      return nil
    }
  }

  /// The IPv4 address inside `::ffff:a.b.c.d`, which is how a socket of both families shows one.
  public var mappedIPv4: IPv4Address? {
    bits >> 32 == 0xFFFF ? IPv4Address(bits: UInt32(truncatingIfNeeded: bits)) : nil
  }

  /// As RFC 5952 writes it: lower case, no leading zeros, the first longest run of zeros as `::`.
  public var description: String {
    if let mappedIPv4 { return "::ffff:\(mappedIPv4)" }
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> (112 - 16 * $0)) }
    let run = Self.longestZeroRun(in: groups)
    guard run.count > 1 else { return Self.text(of: groups[...]) }
    return Self.text(of: groups[..<run.lowerBound]) + "::"
      + Self.text(of: groups[run.upperBound...])
  }

  public static func < (left: IPv6Address, right: IPv6Address) -> Bool {
    left.bits < right.bits
  }

  /// The text before and after each `::`.
  private static func halves(of text: String) -> [Substring] {
    var halves: [Substring] = []
    var rest = text[...]
    while let range = rest.firstRange(of: "::") {
      halves.append(rest[..<range.lowerBound])
      rest = rest[range.upperBound...]
    }
    return halves + [rest]
  }

  private static func groups(in text: Substring, mayEndDotted: Bool) -> [UInt16]? {
    if text.isEmpty { return [] }
    var parts = text.split(separator: ":", omittingEmptySubsequences: false)
    var tail: [UInt16] = []
    if mayEndDotted, let last = parts.last, let dotted = IPv4Address(last) {
      parts.removeLast()
      tail = [UInt16(dotted.bits >> 16), UInt16(truncatingIfNeeded: dotted.bits)]
    }
    var groups: [UInt16] = []
    for part in parts {
      // `UInt16(_:radix:)` would take a sign.
      guard (1...4).contains(part.utf8.count), part.allSatisfy({ $0.isASCII && $0.isHexDigit }),
        let group = UInt16(part, radix: 16)
      else { return nil }
      groups.append(group)
    }
    return groups + tail
  }

  private static func joined(_ groups: [UInt16]) -> UInt128 {
    groups.reduce(0) { $0 << 16 | UInt128($1) }
  }

  private static func longestZeroRun(in groups: [UInt16]) -> Range<Int> {
    var longest = 0..<0
    var start = 0
    for index in 0...groups.count where index == groups.count || groups[index] != 0 {
      if index - start > longest.count { longest = start..<index }
      start = index + 1
    }
    return longest
  }

  private static func text(of groups: ArraySlice<UInt16>) -> String {
    groups.map { String($0, radix: 16) }.joined(separator: ":")
  }
}
