import SearchModel

/// Words that are spelled like another.
public enum SpellingSuggester {
  /// The largest distance at which a word of so many letters still counts as the same word
  /// mistyped: one mistake for every four letters, at most two. Words below three letters have
  /// too many neighbours to guess.
  public static func maximumDistance(letterCount: Int) -> Int {
    switch letterCount {
    case ..<3: 0
    case ..<8: 1
    default: 2
    }
  }

  /// Looks through a vocabulary for the words nearest to one.
  ///
  /// - Parameters:
  ///   - word: as typed.
  ///   - vocabulary: folded words with the number of records that hold them, in any order; the
  ///     numbers of a word that comes several times add up. Terms of a namespace, which begin with
  ///     an upper-case ASCII letter, are passed over.
  ///   - limit: how many words to return at most.
  /// - Returns: nearest first, then those with the same first letter, then the most frequent, then
  ///   by UTF-8 bytes; never `word` itself. Empty for a stop word, and for a word that is too short, longer than a term or with a digit in it. A word with
  ///   two mistakes must begin with the same letter.
  public static func suggestions(
    for word: String, in vocabulary: some Sequence<(word: String, documentFrequency: Int)>,
    limit: Int
  ) -> [String] {
    var search = SpellingSearch(word)
    for (candidate, frequency) in vocabulary {
      search.consider(candidate, documentFrequency: frequency)
    }
    return search.nearest(limit: limit)
  }
}

/// ``SpellingSuggester/suggestions(for:in:limit:)`` for a vocabulary that comes word by word. Only
/// near words are kept.
public struct SpellingSearch {
  /// Nil for a word that has no neighbours.
  private var comparison: Comparison?
  private let firstScalar: Unicode.Scalar?
  private var found: [String: Candidate] = [:]

  public init(_ typed: String) {
    comparison = Comparison(typed)
    firstScalar = TextNormalization.folded(typed).unicodeScalars.first
  }

  /// Whether the word has no neighbours, so that nothing need be considered.
  public var isFutile: Bool { comparison == nil }

  public mutating func consider(_ word: String, documentFrequency: Int) {
    guard let distance = comparison?.distance(to: word) else { return }
    let new = Candidate(
      word: word, distance: distance, beginsAlike: word.unicodeScalars.first == firstScalar,
      frequency: 0)
    found[word, default: new].frequency += documentFrequency
  }

  public func nearest(limit: Int) -> [String] {
    limit > 0 ? found.values.sorted().prefix(limit).map(\.word) : []
  }

  private struct Candidate: Comparable {
    var word: String
    var distance: Int
    /// People rarely miss a word's first letter: `anual` is `annual` and not `manual`.
    var beginsAlike: Bool
    var frequency: Int

    static func < (left: Candidate, right: Candidate) -> Bool {
      if left.distance != right.distance { return left.distance < right.distance }
      if left.beginsAlike != right.beginsAlike { return left.beginsAlike }
      if left.frequency != right.frequency { return left.frequency > right.frequency }
      return left.word.utf8.lexicographicallyPrecedes(right.word.utf8)
    }
  }
}

/// The comparisons of one word with many.
private struct Comparison {
  private let word: String
  private let letters: [UInt32]
  private let limit: Int
  private let isASCII: Bool
  /// The letters that the word holds, one bit for each residue: words within a distance differ in
  /// few bits, which tells most others apart without comparing.
  private let signature: UInt64
  private var rows: SpellingDistance.Rows
  private var candidateLetters: [UInt32] = []

  /// - Returns: nil for a word that has no neighbours.
  init?(_ typed: String) {
    guard typed.utf8.count <= TermLimits.maximumUnfoldedByteCount else { return nil }
    word = TextNormalization.folded(typed)
    letters = SpellingDistance.letters(word)
    limit = SpellingSuggester.maximumDistance(letterCount: letters.count)
    guard limit > 0, word.utf8.count <= TermLimits.maximumByteCount,
      // A word that is in every text is not mistyped, and what resembles it is rare.
      !StopWords.contains(word),
      // Who types a number means that number.
      !word.unicodeScalars.contains(where: { CharacterClass($0) == .digit })
    else { return nil }
    isASCII = word.utf8.allSatisfy { $0 < 0x80 }
    signature = letters.reduce(0) { $0 | 1 << UInt64($1 & 63) }
    rows = SpellingDistance.Rows(width: letters.count + limit + 1)
  }

  mutating func distance(to candidate: String) -> Int? {
    let byteCount = candidate.utf8.count
    // A letter has one to four bytes, a syllable of three bytes two or three letters.
    if isASCII {
      guard byteCount >= letters.count - limit, byteCount <= letters.count + 4 * limit else {
        return nil
      }
    } else {
      guard byteCount <= 4 * (letters.count + limit) else { return nil }
    }
    var candidateSignature: UInt64 = 0
    candidateLetters.removeAll(keepingCapacity: true)
    if let first = candidate.utf8.first, first &- UInt8(ascii: "A") < 26 { return nil }
    var isASCII = true
    for byte in candidate.utf8 {
      if byte >= 0x80 {
        isASCII = false
        break
      }
      candidateSignature |= 1 << UInt64(byte & 63)
      candidateLetters.append(UInt32(byte))
    }
    if !isASCII {
      candidateLetters = SpellingDistance.letters(candidate)
      candidateSignature = candidateLetters.reduce(0) { $0 | 1 << UInt64($1 & 63) }
    }
    // Each mistake takes at most one letter's bit away and puts another's in.
    guard (signature & ~candidateSignature).nonzeroBitCount <= limit,
      (candidateSignature & ~signature).nonzeroBitCount <= limit,
      abs(candidateLetters.count - letters.count) <= limit,
      let distance = SpellingDistance.between(
        letters, candidateLetters[...], limit: limit, rows: &rows),
      distance > 0,
      // People rarely miss a word's first letter, and hardly ever another besides.
      distance == 1 || candidateLetters.first == letters.first
    else { return nil }
    return distance
  }
}
