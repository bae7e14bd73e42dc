import SearchModel

/// Which records answer which query, and how well: the content of a `qrels.tsv`.
///
/// Each line is `query iteration record grade`, as TREC writes it. A line with exactly three tabs
/// is split at them, so that a record's id may hold blanks; any other at its white space. The
/// iteration is ignored. The grade is a whole number; ``Scores`` says what it means. Blank lines
/// are skipped.
public struct Judgments: Hashable, Sendable {
  /// By query id, then by record.
  public var grades: [String: [RecordKey: Int]]

  public init(grades: [String: [RecordKey: Int]] = [:]) {
    self.grades = grades
  }

  /// - Throws: ``EvaluationError``: `malformedLine` or `duplicateIdentifier` (one record judged
  ///   twice for a query) with file and line, `nothingJudged` for a file without judgments, or
  ///   what kept the file from being read.
  public init(path: String) throws {
    let lines = try LineReader(path: path)
    self.init()
    while let line = try lines.nextText() {
      guard line.contains(where: { !$0.isWhitespace }) else { continue }
      let (query, record, grade) = try Self.judgment(line, in: lines)
      guard grades[query, default: [:]].updateValue(grade, forKey: record) == nil else {
        throw EvaluationError.duplicateIdentifier(
          path: path, line: lines.lineNumber, identifier: "\(query) \(record)")
      }
    }
    guard !grades.isEmpty else { throw EvaluationError.nothingJudged(path: path) }
  }

  private static let expectation =
    "`query 0 record grade`, separated by tabs or blanks, with a whole number as grade"

  private static func judgment(
    _ line: String, in lines: LineReader
  ) throws -> (query: String, record: RecordKey, grade: Int) {
    let tabbed = line.split(separator: "\t", omittingEmptySubsequences: false)
    let columns = tabbed.count == 4 ? tabbed : line.split(whereSeparator: \.isWhitespace)
    guard columns.count == 4 else {
      throw lines.malformed("the line has \(columns.count) columns", expected: expectation)
    }
    guard !columns[0].isEmpty else {
      throw lines.malformed("the query's id is empty", expected: expectation)
    }
    guard let record = RecordKey(String(columns[2])) else {
      throw lines.malformed(
        "the record's id cannot be a record key",
        expected: "1 to \(RecordKey.maximumByteCount) bytes without NUL")
    }
    guard let grade = Int(columns[3].filter { !$0.isWhitespace }) else {
      throw lines.malformed(
        "the grade \(String(columns[3].prefix(40)).debugDescription) is no whole number",
        expected: expectation)
    }
    return (String(columns[0]), record, grade)
  }
}

/// One query of a `queries.tsv`.
public struct EvaluationQuery: Hashable, Sendable {
  /// The text before the first tab; never empty.
  public var id: String
  /// Everything behind it, as a user would type it; never blank.
  public var text: String

  public init(id: String, text: String) {
    self.id = id
    self.text = text
  }

  /// Reads a file with a query a line: id, tab, text. Blank lines are skipped.
  ///
  /// - Returns: the queries in the file's order.
  /// - Throws: ``EvaluationError``: `malformedLine` or `duplicateIdentifier` with file and line,
  ///   or what kept the file from being read.
  public static func read(path: String) throws -> [EvaluationQuery] {
    let lines = try LineReader(path: path)
    let expectation = "a query's id without white space, a tab and its text"
    var queries: [EvaluationQuery] = []
    var identifiers = IdentifierSet()
    while let line = try lines.nextText() {
      guard line.contains(where: { !$0.isWhitespace }) else { continue }
      guard let tab = line.firstIndex(of: "\t") else {
        throw lines.malformed("the line has no tab", expected: expectation)
      }
      let id = String(line[..<tab])
      let text = String(line[line.index(after: tab)...])
      guard !id.isEmpty, !id.contains(where: \.isWhitespace) else {
        throw lines.malformed(
          "the query's id is empty or holds blanks", expected: expectation)
      }
      guard text.contains(where: { !$0.isWhitespace }) else {
        throw lines.malformed("the query \(id) has no text", expected: expectation)
      }
      guard identifiers.insert(id) else {
        throw EvaluationError.duplicateIdentifier(
          path: path, line: lines.lineNumber, identifier: id)
      }
      queries.append(EvaluationQuery(id: id, text: text))
    }
    return queries
  }
}
