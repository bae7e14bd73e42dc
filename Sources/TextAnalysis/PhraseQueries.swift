import SearchModel

/// Quoted words as a query over terms.
struct PhraseQueries {
  private let fields: FieldOccurrences

  init(field: Field?) {
    fields = field.map(FieldOccurrences.init) ?? .everywhere
  }

  /// Names and folders split words that titles and text leave whole, so a phrase such as
  /// `"ProjectPlan v2"` is looked for in both ways.
  ///
  /// - Returns: nil for text without a letter or digit.
  func phrase(_ text: String) -> TermQuery? {
    let split = FieldTokens.tokens(in: text, field: .directory).map(\.text)
    let whole = FieldTokens.tokens(in: text, field: .title).map(\.text)
    guard !whole.isEmpty else { return nil }
    if split == whole { return leaf(whole, fields: fields) }
    let names = fields.subtracting(WordQueries.stemmedFields)
    let prose = fields.intersection(WordQueries.stemmedFields)
    return .simplifiedBest([leaf(split, fields: names), leaf(whole, fields: prose)])
  }

  private func leaf(_ words: [String], fields: FieldOccurrences) -> TermQuery {
    guard !fields.isEmpty else { return .nothing }
    let words = Array(words.prefix(TermLimits.maximumShortFieldRunCount))
    var queries = WordQueries(field: nil)
    queries.fields = fields
    guard words.count > 1 else { return words.first.map(queries.term) ?? .nothing }
    return .phrase(
      PhraseLeaf(
        words: words, leaves: words.map(queries.term),
        textTerms: words.map { EnglishStemmer.stem($0) }, fields: fields))
  }
}
