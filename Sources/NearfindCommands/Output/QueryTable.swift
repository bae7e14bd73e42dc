import QueryLanguage

/// The query language, laid out for help texts.
enum QueryTable {
  /// Terminals that help texts are folded for.
  private static let columns = 80

  /// Two columns: what to type; what it finds, with an example.
  static let text: String = {
    let entries = QueryHelp.operators + QueryHelp.qualifiers
    let width = entries.map { DisplayWidth.of($0.syntax) }.max() ?? 0
    let margin = width + 4
    let rows = entries.flatMap { entry in
      // An example as long as a hash shows nothing that the meaning does not say.
      let example = entry.example.count > 40 ? [] : ["(" + entry.example + ")"]
      let words = entry.meaning.split(separator: " ").map(String.init)
      let lines = folded(words + example, to: columns - margin)
      return lines.enumerated().map { index, line in
        "  " + DisplayWidth.padded(index == 0 ? entry.syntax : "", to: width + 2) + line
      }
    }
    return (["QUERY LANGUAGE:"] + rows).joined(separator: "\n")
  }()

  /// Words in lines of at most `width` columns, a longer word on a line of its own.
  private static func folded(_ words: [String], to width: Int) -> [String] {
    var lines: [String] = []
    for word in words {
      if let last = lines.last, DisplayWidth.of(last) + 1 + DisplayWidth.of(word) <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(word)
      }
    }
    return lines
  }
}
