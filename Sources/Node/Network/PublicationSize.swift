import Protocol
import SearchModel

/// How much a request for publishing takes, so that it stays within what a virtual server takes.
enum PublicationSize {
  /// An index takes its time with each change, and the sender wants to hear of progress.
  static let mostChanges = min(5_000, PublicationLimits.changeCount)

  /// Leaves room for the request's own fields.
  static let mostBytes = PublicationLimits.json.byteCount * 3 / 4

  static func bytes(of changes: [RecordChange]) -> Int {
    changes.reduce(0) { $0 + bytes(of: $1) }
  }

  /// Not less than what the change takes as JSON.
  private static func bytes(of change: RecordChange) -> Int {
    guard case .put(let record) = change else { return 300 }
    let texts =
      [record.filename, record.directory, record.title, record.text, record.owner.userID]
      + record.keywords
    return 600 + texts.reduce(0) { $0 + escapedByteCount($1) + 4 }
  }

  /// Quotation marks and backslashes take two bytes, control characters up to six.
  private static func escapedByteCount(_ text: String) -> Int {
    var count = 0
    for byte in text.utf8 {
      count += byte < 0x20 ? 6 : byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") ? 2 : 1
    }
    return count
  }
}
