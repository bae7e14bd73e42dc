/// What a benchmark measured: a table with a row for each thing measured.
struct BenchmarkReport: Encodable {
  struct Row: Encodable {
    var name: String
    /// By the column's name; a column may be missing.
    var figures: [String: Double]
  }

  var schemaVersion = 1
  var title: String
  var columns: [String]
  var rows: [Row] = []
  /// What a reader must know to judge the figures.
  var notes: [String] = []

  mutating func add(_ name: String, _ figures: [String: Double]) {
    rows.append(Row(name: name, figures: figures))
  }

  /// The table for people.
  var text: String {
    let nameWidth = rows.map(\.name.count).max() ?? 0
    let widths = columns.map { max($0.count, 10) }
    var lines = [title, ""]
    lines.append(
      String(repeating: " ", count: nameWidth) + "  "
        + zip(columns, widths).map { Self.padded($0, to: $1) }.joined(separator: "  "))
    for row in rows {
      let name = row.name + String(repeating: " ", count: nameWidth - row.name.count)
      let cells = zip(columns, widths).map { column, width in
        Self.padded(row.figures[column].map(Self.figure) ?? "", to: width)
      }
      lines.append(name + "  " + cells.joined(separator: "  "))
    }
    return (lines + [""] + notes).map { $0 + "\n" }.joined()
  }

  /// Three figures that count, and no more.
  private static func figure(_ number: Double) -> String {
    guard number.isFinite else { return "-" }
    let places = abs(number) >= 100 ? 0 : abs(number) >= 10 ? 1 : abs(number) >= 1 ? 2 : 3
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let rounded = (number * scale).rounded() / scale
    return places == 0 ? String(Int(rounded)) : String(rounded)
  }

  private static func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
