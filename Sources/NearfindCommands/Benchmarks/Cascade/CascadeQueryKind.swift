import SearchModel

/// Kinds of queries by how frequent their words are: ranks of the vocabulary, 0 the most frequent.
enum CascadeQueryKind: String, CaseIterable, Sendable {
  case rareWord = "one rare word"
  case twoWords = "two words"
  case commonWords = "two common words"
  case prefix = "prefix of five letters"
  case absentWords = "either of two absent words"
  case absentWordRelaxed = "absent word, other forms tried"

  /// Whether only what matches as it was typed is wanted, which is one cascade.
  var isStrict: Bool { self != .absentWordRelaxed }

  func query(_ number: Int, words: SyntheticRecords) -> Query {
    switch self {
    case .rareWord: .word(words.word(rank: 30_000 + 97 * number), field: nil)
    case .twoWords: Self.all([60 + number, 83 + 2 * number], words)
    case .commonWords: Self.all([number % 20, 20 + number % 20], words)
    case .prefix: .prefix(String(words.word(rank: number).prefix(5)), field: nil)
    case .absentWords:
      // What several words are joined by is searched as it stands: nothing else is tried.
      .any([Self.absent("\(number)a"), Self.absent("\(number)b")])
    case .absentWordRelaxed:
      // Near a word that many records have.
      .word(words.word(rank: 100 + number) + "qx", field: nil)
    }
  }

  /// A word that no record has, without a digit at which it would be cut.
  static func absent(_ number: String) -> Query {
    let letters = number.utf8.map { Character(UnicodeScalar($0 >= 97 ? $0 : $0 + 49)) }
    return .word("qqx" + String(letters) + "xqq", field: nil)
  }

  private static func all(_ ranks: [Int], _ words: SyntheticRecords) -> Query {
    .all(ranks.map { .word(words.word(rank: $0), field: nil) })
  }
}
