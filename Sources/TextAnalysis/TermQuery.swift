import SearchModel

/// A query after text analysis: what an engine carries out. The same query gives the same tree on
/// every machine.
public indirect enum TermQuery: Hashable, Sendable {
  case nothing
  /// Every record, with weight 0.
  case everything
  case leaf(TermLeaf)
  /// Terms next to each other in one field; the weight is the sum over the leaves.
  case phrase(PhraseLeaf)
  /// All match; weights add up.
  case all([TermQuery])
  /// At least one matches; weights add up.
  case any([TermQuery])
  /// At least one matches; the largest weight counts: alternatives for one word.
  case best([TermQuery])
  /// The first, without those of the second; the weight is the first's.
  case excluding(TermQuery, TermQuery)
  /// Records that meet a condition, with weight 0.
  case filter(Filter)
}

/// A weighted leaf: records in which a term of a family occurs in certain fields.
public struct TermLeaf: Hashable, Sendable {
  /// Which terms of the index the leaf stands for. Terms are compared by their UTF-8 bytes. Terms
  /// that begin with an upper-case ASCII letter are namespaces (keys, owners, initials): no
  /// ``containing(_:)`` stands for them, and only a start that names one does.
  public enum Terms: Hashable, Sendable {
    case exactly(String)
    case startingWith(String)
    case containing(String)
  }

  public var terms: Terms

  /// Where a term must occur; occurrences elsewhere count for nothing.
  public var fields: FieldOccurrences

  /// Emphasis, 1 unless the leaf is a weaker form of what was typed.
  public var factor: Double

  public init(_ terms: Terms, fields: FieldOccurrences = .everywhere, factor: Double = 1) {
    self.terms = terms
    self.fields = fields
    self.factor = factor
  }

  /// The leaf's entry in ``CollectionStatistics/documentFrequencies``. The frequency is that of
  /// the terms, whatever field they occur in, so leaves that differ only in `fields` or `factor`
  /// share it.
  public var statisticsKey: String {
    switch terms {
    case .exactly(let term): term
    case .startingWith(let start): start + "*"
    case .containing(let part): "*" + part + "*"
    }
  }
}

/// Terms in a row.
public struct PhraseLeaf: Hashable, Sendable {
  /// The phrase's words as ``FieldTokens`` cuts them, in order; at least two.
  public var words: [String]

  /// The leaves that every match satisfies, for finding candidates and for the weight: the word
  /// at the same index, or its stem.
  public var leaves: [TermQuery]

  /// The term that the word at the same index has in the text: its stem. The phrase stands in the
  /// text where these have positions in a row (compare ``RecordAnalyzer``).
  public var textTerms: [String]

  /// Where the phrase must stand.
  public var fields: FieldOccurrences

  public init(
    words: [String], leaves: [TermQuery], textTerms: [String], fields: FieldOccurrences
  ) {
    self.words = words
    self.leaves = leaves
    self.textTerms = textTerms
    self.fields = fields
  }
}
