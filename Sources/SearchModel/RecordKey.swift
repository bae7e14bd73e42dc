/// The identity of a record: the same file of the same owner always has the same key, and no two
/// files share one.
///
/// The key is opaque to engines. Equal weights are ordered by it (by its UTF-8 bytes), which makes
/// every ranking reproducible whatever the order of indexing.
public struct RecordKey: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The largest key in UTF-8 bytes. An engine stores the key as a term, and the smallest limit
  /// among the engines is Xapian's 245 bytes.
  public static let maximumByteCount = 200

  /// The key's text; never empty.
  public let value: String

  /// - Returns: nil when `value` is empty, longer than ``maximumByteCount`` UTF-8 bytes, or holds
  ///   a NUL character.
  public init?(_ value: String) {
    guard !value.isEmpty, value.utf8.count <= Self.maximumByteCount, !value.utf8.contains(0)
    else { return nil }
    self.value = value
  }

  public var description: String { value }

  // Swift's strings are equal when they look alike; keys are equal when their bytes are. A name
  // composed and the same name decomposed are two files.
  public static func == (left: RecordKey, right: RecordKey) -> Bool {
    left.withBytes { left in
      right.withBytes { right in
        left.count == right.count && left.elementsEqual(right)
      }
    }
  }

  public func hash(into hasher: inout Hasher) {
    withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }

  /// Lends the UTF-8 bytes: all at once, because keys are compared for every record of an index.
  private func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    var value = value
    return value.withUTF8(body)
  }

  public static func < (left: RecordKey, right: RecordKey) -> Bool {
    left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
  }
}

extension RecordKey: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let key = RecordKey(text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "A record key holds 1 to \(Self.maximumByteCount) bytes and no NUL.")
    }
    self = key
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}
