import SearchModel

/// One typed word as a query over terms: the counterpart of ``RecordAnalyzer`` for what is sought.
struct WordQueries {
  /// How the pieces of one word combine.
  enum Mode {
    /// All pieces must match.
    case strict
    /// Any piece may match: the nearer a record comes to the word, the better.
    case resembling
  }

  /// Where to look.
  var fields: FieldOccurrences
  /// The emphasis on the word as a whole.
  var factor = 1.0
  var mode: Mode

  /// Fields whose words are stemmed.
  static let stemmedFields: FieldOccurrences = [.title, .keyword, .text]

  /// The fields of a query's field restriction.
  init(field: Field?, mode: Mode = .strict) {
    fields = field.map(FieldOccurrences.init) ?? .everywhere
    self.mode = mode
  }

  /// - Returns: nil for text without a letter or digit, which says nothing.
  func word(_ text: String) -> TermQuery? {
    let pieces = QueryPieces(text)
    let parts = pieces.runs.map { $0.isEastAsian ? eastAsian($0.text) : word($0) }
    guard parts.count > 1 else { return parts.first }
    let combined = combine(parts)
    // `project-plan` also finds the name `projectplan`.
    guard let joined = pieces.joined, fields.touches(.name) else { return combined }
    return .best([
      combined,
      .leaf(TermLeaf(.exactly(joined), fields: fields.restricted(to: .name), factor: factor)),
    ])
  }

  /// Words that begin with the text; all before its last word are whole words.
  func prefix(_ text: String) -> TermQuery? {
    let pieces = QueryPieces(text)
    guard let last = pieces.runs.last else { return nil }
    let whole = pieces.runs.dropLast().map { $0.isEastAsian ? eastAsian($0.text) : word($0) }
    return .simplifiedAll(whole + [beginning(last)])
  }

  /// Words that hold the text.
  func infix(_ text: String) -> TermQuery? {
    let pieces = QueryPieces(text)
    let parts = pieces.runs.map { run -> TermQuery in
      if run.isEastAsian, run.text.unicodeScalars.count > 1 { return eastAsian(run.text) }
      return .leaf(TermLeaf(.containing(run.text), fields: fields, factor: factor))
    }
    return parts.isEmpty ? nil : .simplifiedAll(parts)
  }

  // MARK: Words of scripts with spaces

  /// A whole word, or its parts where the query itself shows borders (`ProjectPlan`).
  private func word(_ run: QueryPieces.Piece) -> TermQuery {
    let whole = term(run.text)
    guard run.parts.count > 1 else { return whole }
    return .simplifiedBest([whole, .simplifiedAll(run.parts.map(term))])
  }

  /// A word as it stands in names and folders, or its stem elsewhere.
  func term(_ word: String) -> TermQuery {
    let stem = EnglishStemmer.stem(word)
    let unstemmed = fields.subtracting(Self.stemmedFields)
    let stemmed = fields.intersection(Self.stemmedFields)
    if stem == word || stemmed.isEmpty {
      return .leaf(TermLeaf(.exactly(word), fields: fields, factor: factor))
    }
    let stemLeaf = TermQuery.leaf(TermLeaf(.exactly(stem), fields: stemmed, factor: factor))
    if unstemmed.isEmpty { return stemLeaf }
    return .best([.leaf(TermLeaf(.exactly(word), fields: unstemmed, factor: factor)), stemLeaf])
  }

  /// Words that begin like the last one of a prefix query.
  private func beginning(_ run: QueryPieces.Piece) -> TermQuery {
    if run.isEastAsian { return eastAsian(run.text) }
    var alternatives: [TermQuery] = [
      .leaf(TermLeaf(.startingWith(run.text), fields: fields, factor: factor))
    ]
    // What was typed may already be longer than the stem under which its word is indexed.
    let stemmed = fields.intersection(Self.stemmedFields)
    if !stemmed.isEmpty {
      for stem in PrefixStems.stems(shorterThan: run.text) {
        alternatives.append(
          .leaf(TermLeaf(.exactly(stem), fields: stemmed, factor: factor)))
      }
    }
    if run.parts.count > 1, let last = run.parts.last {
      alternatives.append(
        .simplifiedAll(
          run.parts.dropLast().map(term)
            + [.leaf(TermLeaf(.startingWith(last), fields: fields, factor: factor))]))
    }
    return .simplifiedBest(alternatives)
  }

  // MARK: Hangul, Han and Kana

  private func eastAsian(_ text: String) -> TermQuery {
    let scalars = Array(text.unicodeScalars)
    guard scalars.count > 1 else {
      // Records hold the character paired with the one behind it.
      let single = TermQuery.leaf(
        TermLeaf(.startingWith(text), fields: fields, factor: factor))
      return withInitials(scalars, or: single)
    }
    var seen: Set<String> = []
    var pairs: [String] = []
    for index in 1..<scalars.count {
      var pair = String(scalars[index - 1])
      pair.unicodeScalars.append(scalars[index])
      if seen.insert(pair).inserted { pairs.append(pair) }
    }
    // Overlapping pairs tell of the same word again and again. Independent evidence would add
    // up as their number, identical evidence not at all; the square root is between the two.
    let factor = factor / Double(pairs.count).squareRoot()
    let leaves = pairs.map {
      TermQuery.leaf(TermLeaf(.exactly($0), fields: fields, factor: factor))
    }
    return withInitials(scalars, or: combine(leaves))
  }

  private func withInitials(_ scalars: [Unicode.Scalar], or other: TermQuery) -> TermQuery {
    guard fields.touches(.name), let initials = HangulInitials.typedInitials(scalars) else {
      return other
    }
    let start = String(UnicodeScalar(HangulInitials.termPrefix)) + initials
    return .simplifiedBest([
      .leaf(
        TermLeaf(.startingWith(start), fields: fields.restricted(to: .name), factor: factor)
      ), other,
    ])
  }

  private func combine(_ parts: [TermQuery]) -> TermQuery {
    mode == .strict ? .simplifiedAll(parts) : .simplifiedAny(parts)
  }
}
