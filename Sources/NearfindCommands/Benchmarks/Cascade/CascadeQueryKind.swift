import SearchModel

/// Kinds of queries by how frequent their words are: ranks of the vocabulary, 0 the most frequent.
enum CascadeQueryKind: String, CaseIterable, Sendable {
  case rareWord = "one rare word"
  case twoWords = "two words"
  case commonWords = "two common words"
  case prefix = "prefix of five letters"
  case absentWord = "absent word"
  case absentWordRelaxed = "absent word, spelled anew"

  /// Whether only what matches as it was typed is wanted, which is one cascade.
  var isStrict: Bool { self != .absentWordRelaxed }

  func query(_ number: Int, words: SyntheticRecords) -> Query {
    switch self {
    case .rareWord: .word(words.word(rank: 30_000 + 97 * number), field: nil)
    case .twoWords: Self.all([60 + number, 83 + 2 * number], words)
    case .commonWords: Self.all([number % 20, 20 + number % 20], words)
    case .prefix: .prefix(String(words.word(rank: number).prefix(5)), field: nil)
    case .absentWord, .absentWordRelaxed:
      // A word that no record has, near one that many have.
      .word(words.word(rank: 100 + number) + "qx", field: nil)
    }
  }

  private static func all(_ ranks: [Int], _ words: SyntheticRecords) -> Query {
    .all(ranks.map { .word(words.word(rank: $0), field: nil) })
  }
}
