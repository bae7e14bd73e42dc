/// An IPv4 address as its 32 bits.
public struct IPv4Address: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Network order read as a number: 10.0.0.1 is `0x0A00_0001`.
  public let bits: UInt32

  public init(bits: UInt32) {
    self.bits = bits
  }

  /// Reads four decimal numbers with dots between.
  ///
  /// - Returns: nil for anything else, leading zeros among it: some programs read `010` as eight.
  public init?(_ text: some StringProtocol) {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else {
        return nil
      }
      var value: UInt32 = 0
      for digit in part {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
        value = value * 10 + UInt32(digit - UInt8(ascii: "0"))
      }
      guard value < 256 else { return nil }
      bits = bits << 8 | value
    }
    self.bits = bits
  }

  public var description: String {
    "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
  }

  public static func < (left: IPv4Address, right: IPv4Address) -> Bool {
    left.bits < right.bits
  }
}
