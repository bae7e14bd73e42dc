import Foundation

/// The scores that a query set had when somebody last looked and agreed, one line a query, so that
/// a version-control diff shows which moved.
///
/// The file is a TSV. Its first line names the columns (`query` and the measures as in ``Measure``),
/// its second holds the averages under the name `all`, and every further one a query, by id. Values
/// have six decimals.
public struct GoldenScores: Hashable, Sendable {
  public var averages: Scores
  public var queries: [String: Scores]

  public init(averages: Scores, queries: [String: Scores]) {
    self.averages = averages
    self.queries = queries
  }

  public init(of report: EvaluationReport) {
    self.init(
      averages: report.averages,
      queries: Dictionary(uniqueKeysWithValues: report.queries.map { ($0.query, $0.scores) }))
  }

  private static let averagesName = "all"

  /// - Throws: ``EvaluationError``: `missing`, `malformedLine` or `duplicateIdentifier` with file
  ///   and line, `inputOutput`.
  public init(path: String) throws {
    let lines = try LineReader(path: path)
    guard try lines.nextText() == Self.header else {
      throw EvaluationError.malformedLine(
        path: path, line: 1, problem: "the first line does not name the columns",
        expected: Self.header.debugDescription)
    }
    let (name, averages) = try Self.row(try lines.nextText() ?? "", in: lines)
    guard name == Self.averagesName else {
      throw lines.malformed(
        "the second line is not the averages", expected: "the name `\(Self.averagesName)`")
    }
    self.init(averages: averages, queries: [:])
    while let line = try lines.nextText() {
      if line.isEmpty { continue }
      let (query, scores) = try Self.row(line, in: lines)
      guard queries.updateValue(scores, forKey: query) == nil else {
        throw EvaluationError.duplicateIdentifier(
          path: path, line: lines.lineNumber, identifier: query)
      }
    }
  }

  /// Replaces the file as a whole: whoever reads meanwhile sees the old or the new one.
  ///
  /// - Throws: ``EvaluationError/inputOutput(path:reason:)``.
  public func write(path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw EvaluationError.inputOutput(path: path, reason: error.localizedDescription)
    }
  }

  /// The file's content.
  public var text: String {
    let byIdentifier = queries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    let rows = [(Self.averagesName, averages)] + byIdentifier.map { ($0.key, $0.value) }
    return rows.reduce(into: Self.header + "\n") { text, row in
      let values = Measure.allCases.map { decimal(row.1[$0], digits: 6) }
      text += ([row.0] + values).joined(separator: "\t") + "\n"
    }
  }

  private static let header =
    (["query"] + Measure.allCases.map(\.rawValue)).joined(separator: "\t")

  private static func row(_ line: String, in lines: LineReader) throws -> (String, Scores) {
    let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
    let expectation =
      "a name and \(Measure.allCases.count) values from 0 to 1, separated by tabs"
    guard columns.count == Measure.allCases.count + 1, !columns[0].isEmpty else {
      throw lines.malformed("the line has \(columns.count) columns", expected: expectation)
    }
    var scores = Scores()
    for (measure, column) in zip(Measure.allCases, columns.dropFirst()) {
      guard let value = Double(column), (0...1).contains(value) else {
        throw lines.malformed(
          "\(String(column.prefix(40)).debugDescription) is no score",
          expected: expectation)
      }
      scores[measure] = value
    }
    return (String(columns[0]), scores)
  }
}

/// A number with a point and a fixed count of digits behind it, the same in every locale.
func decimal(_ value: Double, digits: Int) -> String {
  String(format: "%.\(digits)f", value)
}
