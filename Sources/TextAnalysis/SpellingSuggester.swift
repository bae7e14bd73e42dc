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
  ///   - vocabulary: the terms of an index with the number of records that hold them, in any order;
  ///     the numbers of a term that comes several times add up. Terms of a namespace, which begin
  ///     with an upper-case ASCII letter, are passed over.
  ///   - limit: how many words to return at most.
  ///   - written: how a term is written in some record, nil where no record tells; asked for terms
  ///     that may be stems.
  /// - Returns: in the order of `NearSpelling`; never `word` itself. Empty for a stop word, and for a
  ///   word that is too short, longer than a term or with a digit in it. A word with two mistakes must
  ///   begin with the same letter.
  public static func suggestions(
    for word: String, in vocabulary: some Sequence<(word: String, documentFrequency: Int)>,
    limit: Int, written: (String) -> WrittenWord? = { _ in nil }
  ) -> [String] {
    var search = SpellingSearch(word)
    for (candidate, frequency) in vocabulary {
      search.consider(candidate, documentFrequency: frequency)
    }
    return search.nearest(limit: limit, written: written).map(\.word)
  }
}

/// ``SpellingSuggester/suggestions(for:in:limit:written:)`` for a vocabulary that comes word by
/// word. Only near words are kept.
///
/// An index holds stems: `compani` for `company` and `companies`. A stem is compared with the word
/// less its ending and shown with that ending, as `comapny` and `compani` come to `company`.
public struct SpellingSearch {
  /// Empty for a word that has no neighbours.
  private var readings: [Reading] = []
  private let typed: String
  private var found: [String: Candidate] = [:]

  /// Endings that the stemmer takes away are no longer.
  private static let longestEnding = 5
  private static let shortestStem = 3

  public init(_ typed: String) {
    self.typed = TextNormalization.folded(typed)
    guard let whole = Comparison(typed) else { return }
    readings.append(Reading(comparison: whole, dropped: "", ending: ""))
    guard WrittenWord.mayBeStem(self.typed) else { return }
    let word = Array(self.typed)
    for count in 1...Self.longestEnding where word.count - count >= Self.shortestStem {
      readings.append(Reading(self.typed, stemEnd: "", ending: String(word.suffix(count)), whole))
    }
    if self.typed.hasSuffix("y") {
      readings.append(Reading(self.typed, stemEnd: "i", ending: "y", whole))
    }
  }

  /// Whether the word has no neighbours, so that nothing need be considered.
  public var isFutile: Bool { readings.isEmpty }

  /// Whether ``consider(_:documentFrequency:)`` would take the term in.
  public mutating func isNear(_ term: String) -> Bool { bestReading(of: term) != nil }

  private mutating func bestReading(
    of term: String
  ) -> (distance: Int, text: String, isTerm: Bool)? {
    var best: (distance: Int, text: String, isTerm: Bool)?
    for index in readings.indices {
      guard let distance = readings[index].comparison.distance(to: term),
        distance < best?.distance ?? .max, let text = readings[index].word(of: term), text != typed
      else { continue }
      best = (distance, text, readings[index].ending.isEmpty)
    }
    return best
  }

  public mutating func consider(_ term: String, documentFrequency: Int) {
    guard let best = bestReading(of: term) else { return }
    var candidate =
      found[best.text]
      ?? Candidate(
        spelling: NearSpelling(
          word: best.text, term: best.text, distance: best.distance, isOfStem: !best.isTerm,
          beginsAlike: best.text.unicodeScalars.first == typed.unicodeScalars.first,
          documentFrequency: 0))
    candidate.spelling.distance = min(best.distance, candidate.spelling.distance)
    candidate.spelling.documentFrequency += documentFrequency
    if best.isTerm {
      candidate.term = term
      candidate.spelling.isOfStem = false
    }
    found[best.text] = candidate
  }

  /// The nearest words.
  ///
  /// - Parameter written: as for ``SpellingSuggester/suggestions(for:in:limit:written:)``.
  public func nearest<Failure: Error>(
    limit: Int, written: (String) throws(Failure) -> WrittenWord?
  ) throws(Failure) -> [NearSpelling] {
    var spellings: [NearSpelling] = []
    for candidate in found.values.sorted(by: { $0.spelling < $1.spelling })
    where spellings.count < limit {
      var spelling = candidate.spelling
      if let term = candidate.term, WrittenWord.mayBeStem(term) {
        let written = try written(term)
        spelling.word = written?.word ?? spelling.word
        spelling.witness = written?.witness
      }
      guard spelling.word != typed, !spellings.contains(where: { $0.word == spelling.word })
      else { continue }
      spellings.append(spelling)
    }
    return spellings
  }

  private struct Candidate {
    var spelling: NearSpelling
    /// The term that is the text; nil where the text is only a term's word.
    var term: String?
  }
}

/// A way to take a typed word: whole, or as a stem and an ending.
private struct Reading {
  var comparison: Comparison
  /// What a stem has at its end where the word has the ending.
  let dropped: String
  let ending: String

  init(comparison: Comparison, dropped: String, ending: String) {
    (self.comparison, self.dropped, self.ending) = (comparison, dropped, ending)
  }

  init(_ typed: String, stemEnd: String, ending: String, _ whole: Comparison) {
    let stem = String(typed.dropLast(ending.count)) + stemEnd
    self.init(comparison: Comparison(whole, of: stem), dropped: stemEnd, ending: ending)
  }

  /// The word that ends as the typed one and has this stem; nil where there is none.
  func word(of term: String) -> String? {
    if ending.isEmpty { return term }
    guard term.hasSuffix(dropped) else { return nil }
    let word = term.dropLast(dropped.count) + ending
    return EnglishStemmer.stem(String(word)) == term ? String(word) : nil
  }
}

/// The comparisons of one word with many.
private struct Comparison {
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
    let word = TextNormalization.folded(typed)
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

  /// Of a part of another's word, allowing as much.
  init(_ whole: Comparison, of stem: String) {
    letters = SpellingDistance.letters(stem)
    limit = whole.limit
    isASCII = whole.isASCII
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
