/// Which of its owner's shares a record is of: all that an index need know of a share to leave its
/// records out for somebody. What it is called, where it lies and who may see it stands elsewhere.
///
/// A label is opaque, and none is given twice: a share that ended leaves records in indexes for a
/// moment, and they must not pass for those of the next one.
public struct ShareLabel: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// As a term of an index, with room to spare.
  public static let maximumByteCount = 64

  /// ASCII letters, digits, `-`, `_` and `.`.
  public let value: String

  /// - Returns: nil unless `value` is 1 to ``maximumByteCount`` of the bytes that a label may have.
  public init?(_ value: String) {
    guard 1...Self.maximumByteCount ~= value.utf8.count, value.utf8.allSatisfy(Self.allows) else {
      return nil
    }
    self.value = value
  }

  public var description: String { value }

  public static func < (left: ShareLabel, right: ShareLabel) -> Bool {
    left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
  }

  private static func allows(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }
}

extension ShareLabel: Codable, CodingKeyRepresentable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let label = ShareLabel(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "This is no label of a share.")
    }
    self = label
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }

  public var codingKey: any CodingKey { LabelKey(stringValue: value) }

  public init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }

  private struct LabelKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
