import SearchModel
import TextAnalysis

/// A record's text with the places that match a query, ready to print.
struct MarkedText {
  /// Printable, one line.
  let plain: String
  /// Pieces of `plain` in order, each a match or not.
  private let pieces: [(text: String, isMatch: Bool)]

  init(_ raw: String, field: Field, query: Query) {
    self.init(raw, matches: MatchHighlighter.ranges(of: query, in: raw, field: field))
  }

  /// - Parameter matches: ascending and not overlapping.
  init(_ raw: String, matches: [Range<String.Index>]) {
    var pieces: [(text: String, isMatch: Bool)] = []
    var position = raw.startIndex
    for range in matches where !range.isEmpty {
      if position < range.lowerBound {
        pieces.append((TerminalText.printable(String(raw[position..<range.lowerBound])), false))
      }
      pieces.append((TerminalText.printable(String(raw[range])), true))
      position = range.upperBound
    }
    if position < raw.endIndex {
      pieces.append((TerminalText.printable(String(raw[position...])), false))
    }
    self.pieces = pieces
    plain = pieces.map(\.text).joined()
  }

  var width: Int { DisplayWidth.of(plain) }

  func painted(_ style: TerminalStyle, ink: TerminalStyle.Ink? = nil) -> String {
    pieces.map { piece in
      if piece.isMatch { return style.paint(piece.text, .match) }
      return ink.map { style.paint(piece.text, $0) } ?? piece.text
    }.joined()
  }

  /// A line for below the text that points at the matches, where there are no colours to do it;
  /// nil without a match.
  var pointers: String? {
    guard pieces.contains(where: \.isMatch) else { return nil }
    let line = pieces.map { piece in
      String(repeating: piece.isMatch ? "~" : " ", count: DisplayWidth.of(piece.text))
    }.joined()
    return String(line[...(line.lastIndex(of: "~") ?? line.startIndex)])
  }
}
