import SearchModel

/// Verifies phrases on stored records, so that an index needs no positions for short fields.
public enum PhraseMatcher {
  /// The stored fields (name, directory, title, each keyword on its own) in which the phrase's
  /// words stand in a row, of those that the phrase asks for. Never `text`, which records that
  /// come back from an engine do not have: engines look at the positions of
  /// ``PhraseLeaf/textTerms``.
  public static func fields(of phrase: PhraseLeaf, in record: Record) -> FieldOccurrences {
    var found: FieldOccurrences = []
    func look(_ text: String, _ field: Field) {
      guard phrase.fields.touches(FieldOccurrences(field)) else { return }
      let tokens = FieldTokens.tokens(in: text, field: field).map(\.text)
      if contains(tokens, phrase.words) { found.add(field) }
    }
    look(record.filename, .name)
    look(record.directory, .directory)
    look(record.title, .title)
    for keyword in record.keywords where !found.contains(.keyword) { look(keyword, .keyword) }
    return found
  }

  private static func contains(_ tokens: [String], _ words: [String]) -> Bool {
    guard !words.isEmpty, tokens.count >= words.count else { return false }
    return (0...tokens.count - words.count).contains { start in
      words.indices.allSatisfy { tokens[start + $0] == words[$0] }
    }
  }
}
