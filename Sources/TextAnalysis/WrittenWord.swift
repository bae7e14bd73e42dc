import SearchModel

/// How people write what an index holds as a stem.
public enum WrittenWord {
  /// Whether a term may be a stem: only words of the letters a to z are stemmed.
  public static func mayBeStem(_ term: String) -> Bool {
    term.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
  }

  /// What finds the records that can tell: those that keep the words which the term came of. The
  /// text is not kept.
  public static func query(_ term: String) -> TermQuery {
    .leaf(TermLeaf(.exactly(term), fields: .everywhere.subtracting([.text])))
  }

  /// The word in a record that the term came of, without case.
  ///
  /// - Returns: the term where it stands so; nil where there is no such word.
  public static func word(of term: String, in record: Record) -> String? {
    var tokens = FieldTokens.tokens(in: record.title, field: .title).map(\.text)
    for keyword in record.keywords {
      tokens += FieldTokens.tokens(in: keyword, field: .keyword).map(\.text)
    }
    let names =
      FieldTokens.tokens(in: record.filename, field: .name)
      + FieldTokens.tokens(in: record.directory, field: .directory)
    if tokens.contains(term) || names.contains(where: { $0.text == term }) { return term }
    return tokens.first { EnglishStemmer.stem($0) == term }
  }
}
