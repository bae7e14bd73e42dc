import SearchModel

/// How people write what an index holds as a stem.
public struct WrittenWord: Hashable, Sendable {
  /// Nil where the record that is to tell has no such word.
  public var word: String?
  public var witness: NearSpelling.Witness

  /// - Parameter hit: the best of a search for ``query(_:)`` by ``statistics(for:)``.
  public init(of term: String, in hit: Hit) {
    word = Self.word(of: term, in: hit.record)
    witness = NearSpelling.Witness(weight: hit.weight, key: hit.record.key)
  }

  /// Whether a term may be a stem: only words of the letters a to z are stemmed.
  public static func mayBeStem(_ term: String) -> Bool {
    term.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
  }

  /// What finds the records that can tell: those that keep the words which the term came of. The
  /// text is not kept.
  public static func query(_ term: String) -> TermQuery {
    .leaf(TermLeaf(.exactly(term), fields: .everywhere.subtracting([.text])))
  }

  /// By which every index weighs its witnesses, so that the best of several indexes is that of one
  /// that holds all their records: of a term among many, in records of a usual length.
  public static func statistics(for term: String) -> CollectionStatistics {
    CollectionStatistics(
      documentCount: 1_000, totalLength: 30_000,
      documentFrequencies: Dictionary(
        query(term).weightedLeaves.map { ($0.statisticsKey, 1) }, uniquingKeysWith: max))
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
