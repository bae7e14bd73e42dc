import Foundation
import SearchModel

/// The records of a `corpus.jsonl` or `corpus.jsonl.gz`, one after the other, never all at once.
///
/// Each line is a JSON object:
///
/// | field | form |
/// |---|---|
/// | `id` | required: a record key (1 to 200 bytes of UTF-8, no NUL), unique in the file. A longer one is refused: a shortened one would not be the one that the judgments name |
/// | `filename`, `directory`, `title` | text; empty when missing |
/// | `keywords` | a list of texts, or one text that is taken as one keyword |
/// | `text` | what an extractor would have read in the file |
/// | `examples` | text or a list of texts: further content, added to `text` on lines of its own |
///
/// A `null` counts as missing, other fields are ignored, and blank lines are skipped. Slashes
/// around a directory are dropped.
///
/// Memory: one line, and some 50 bytes for each id that was read.
public final class CorpusReader {
  private let lines: LineReader
  private let decoder = JSONDecoder()

  /// The ids that were read so far.
  public private(set) var identifiers = IdentifierSet()

  /// - Throws: ``EvaluationError``: `missing`, `inputOutput` or `missingProgram`.
  public init(path: String) throws {
    self.lines = try LineReader(path: path)
  }

  init(lines: LineReader) {
    self.lines = lines
  }

  /// - Returns: the next record, nil behind the last. Size, modification time, content hash and
  ///   owner are those of a record that nothing is known about.
  /// - Throws: ``EvaluationError``: `malformedLine` or `duplicateIdentifier` for this line;
  ///   `damagedArchive`, `missingProgram` or `inputOutput` for the file. A file that is cut off
  ///   shows only at its end: do not keep what came before the error.
  public func next() throws -> Record? {
    while let line = try lines.next() {
      if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) { continue }
      let fields = try fields(of: line)
      guard let key = RecordKey(fields.id) else {
        throw lines.malformed(
          "the id \(String(fields.id.prefix(40)).debugDescription) cannot be a record key",
          expected: "1 to \(RecordKey.maximumByteCount) bytes without NUL")
      }
      guard identifiers.insert(fields.id) else {
        throw EvaluationError.duplicateIdentifier(
          path: lines.path, line: lines.lineNumber, identifier: fields.id)
      }
      return fields.record(key: key)
    }
    return nil
  }

  private func fields(of line: Data) throws -> CorpusLine {
    do {
      return try decoder.decode(CorpusLine.self, from: line)
    } catch let error as DecodingError {
      throw lines.malformed(Self.problem(in: error), expected: CorpusLine.expectation)
    }
  }

  private static func problem(in error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _):
      "the field \(key.stringValue) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      if let field = context.codingPath.first {
        "the field \(field.stringValue) has the wrong type"
      } else {
        "the line is not a JSON object"
      }
    case .dataCorrupted(let context):
      "the line is not valid JSON (\(context.debugDescription))"
    @unknown default:
      "the line cannot be read"
    }
  }
}

/// One line of a corpus, as it stands there.
private struct CorpusLine: Decodable {
  static let expectation =
    "a JSON object with a text `id`; texts `filename`, `directory`, `title` and `text`; "
    + "`keywords` and `examples` a text or a list of texts"

  var id: String
  var filename: String?
  var directory: String?
  var title: String?
  var text: String?
  var keywords: OneOrMany?
  var examples: OneOrMany?

  func record(key: RecordKey) -> Record {
    let content = [text ?? ""] + (examples?.values ?? [])
    return Record(
      key: key,
      filename: filename ?? "",
      directory: Self.withoutOuterSlashes(directory ?? ""),
      title: title ?? "",
      keywords: (keywords?.values ?? []).filter { !$0.isEmpty },
      text: content.filter { !$0.isEmpty }.joined(separator: "\n")
    )
  }

  private static func withoutOuterSlashes(_ directory: String) -> String {
    guard directory.utf8.first == UInt8(ascii: "/") || directory.utf8.last == UInt8(ascii: "/")
    else { return directory }
    return directory.split(separator: "/").joined(separator: "/")
  }
}

/// A text or a list of texts.
private struct OneOrMany: Decodable {
  var values: [String]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // The list is tried first: it is the common form, and a try that fails is dear.
    if let many = try? container.decode([String].self) {
      values = many
    } else {
      values = [try container.decode(String.self)]
    }
  }
}
