import SearchModel

/// A file that has come, for a person or a program.
struct NewsPrinter: Sendable {
  let query: Query
  let isJSON: Bool
  let style: TerminalStyle

  private struct Line: Encodable {
    var version = 1
    var file: AnswerDocument.File
  }

  /// With its line break.
  func text(of record: Record) throws -> String {
    if isJSON { return try JSONDocument.line(of: Line(file: .init(record))) }
    let name = MarkedText(record.filename, field: .name, query: query)
    var line = name.painted(style, ink: .name)
    line += style.paint(
      "  " + Wording.size(record.size) + "  " + Wording.day(record.modified), .faint)
    let place = record.directory.isEmpty ? "" : "  " + TerminalText.printable(record.directory)
    let owner = record.owner.userID == Owner.local.userID ? "" : "  of \(record.owner.userID)"
    return line + style.paint(place, .folder) + TerminalText.printable(owner) + "\n"
  }
}
