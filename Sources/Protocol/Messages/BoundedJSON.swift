import Foundation

/// JSON as it is written and read on the wire: keys in snake case are the messages' own doing, dates
/// are milliseconds since 1970, data is base 64, and a stranger's text is scanned before it is decoded.
public enum BoundedJSON {
  /// - Throws: ``JSONProblem``.
  public static func decode<Value: Decodable>(
    _ type: Value.Type = Value.self, from bytes: some Collection<UInt8>,
    limits: JSONLimits = .standard
  ) throws(JSONProblem) -> Value {
    // Checked before anything is copied.
    guard bytes.count <= limits.byteCount else {
      throw .tooLong(byteCount: bytes.count, limit: limits.byteCount)
    }
    let data = Data(bytes)
    var found: JSONProblem?
    data.withUnsafeBytes { raw in
      do throws(JSONProblem) {
        try JSONScanner.check(raw.bindMemory(to: UInt8.self), limits: limits)
      } catch {
        found = error
      }
    }
    if let found { throw found }
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .millisecondsSince1970
    do {
      return try decoder.decode(type, from: data)
    } catch {
      throw .mismatch(Self.text(of: error))
    }
  }

  /// The text of a message, keys in order, so that equal values are equal bytes.
  /// - Throws: `EncodingError` for a number that JSON cannot hold (infinite, NaN).
  public static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .millisecondsSince1970
    return Array(try encoder.encode(value))
  }

  private static func text(of error: any Error) -> String {
    guard let error = error as? DecodingError else { return "It cannot be decoded." }
    let (path, text): ([any CodingKey], String) =
      switch error {
      case .keyNotFound(let key, let context):
        (context.codingPath + [key], "is missing")
      case .valueNotFound(_, let context): (context.codingPath, "is null")
      case .typeMismatch(_, let context): (context.codingPath, "is of another kind")
      case .dataCorrupted(let context):
        (context.codingPath, "is not taken: \(context.debugDescription)")
      @unknown default: ([], "cannot be decoded")
      }
    let name = path.map { $0.intValue.map(String.init) ?? $0.stringValue }
      .joined(separator: ".")
    return "\(name.isEmpty ? "The message" : "The field \(name.prefix(200))") \(text)."
  }
}
