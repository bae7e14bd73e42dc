import SearchModel
import TestSupport
import Testing

@testable import TextAnalysis

@Suite struct SpellingTests {
  /// The same distance by its recursive definition.
  private func naiveDistance(_ left: ArraySlice<UInt32>, _ right: ArraySlice<UInt32>) -> Int {
    if left.isEmpty { return right.count }
    if right.isEmpty { return left.count }
    var best = min(
      naiveDistance(left.dropLast(), right) + 1, naiveDistance(left, right.dropLast()) + 1,
      naiveDistance(left.dropLast(), right.dropLast()) + (left.last == right.last ? 0 : 1))
    if left.count > 1, right.count > 1, left.last == right.dropLast().last,
      left.dropLast().last == right.last
    {
      best = min(best, naiveDistance(left.dropLast(2), right.dropLast(2)) + 1)
    }
    return best
  }

  @Test(arguments: UInt64(1)...30)
  func distanceAgreesWithItsDefinition(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<8 {
      let left = SpellingDistance.letters(generator.text(of: ["a", "b", "c"], length: 0...6))
      let right = SpellingDistance.letters(
        generator.text(of: ["a", "b", "c"], length: 0...6))
      let expected = naiveDistance(left[...], right[...])
      for limit in 0...7 {
        #expect(
          SpellingDistance.between(left, right, limit: limit)
            == (expected <= limit ? expected : nil), "seed \(seed) \(left) \(right)")
      }
    }
  }

  @Test func hangulIsComparedByItsLetters() {
    let distance = SpellingDistance.between(
      SpellingDistance.letters("보고서"), SpellingDistance.letters("보거서"), limit: 3)
    #expect(distance == 1)
    #expect(
      SpellingSuggester.suggestions(
        for: "회의룩",
        in: [("회의록", 1), ("회사", 9)].map { (word: $0.0, documentFrequency: $0.1) },
        limit: 3) == ["회의록"])
  }

  /// The prefilters must not lose a word: compared with a look at every word.
  @Test(arguments: UInt64(1)...20)
  func suggestionsAgreeWithAnExhaustiveLook(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let alphabet: [Character] = ["a", "b", "c", "é", "보", "고"]
    var frequencies: [String: Int] = [:]
    for _ in 0..<400 {
      frequencies[generator.text(of: alphabet, length: 1...10)] = Int.random(
        in: 1...5, using: &generator)
    }
    let vocabulary = frequencies.map { (word: $0.key, documentFrequency: $0.value) }
    for _ in 0..<10 {
      let word = generator.text(of: alphabet, length: 1...10)
      let letters = SpellingDistance.letters(word)
      let limit = SpellingSuggester.maximumDistance(letterCount: letters.count)
      let expected = vocabulary.compactMap { entry -> (Int, Int, Int, String)? in
        let other = SpellingDistance.letters(entry.word)
        guard let distance = SpellingDistance.between(letters, other, limit: limit),
          distance == 1 || (distance > 1 && letters.first == other.first)
        else { return nil }
        let differs = entry.word.unicodeScalars.first == word.unicodeScalars.first ? 0 : 1
        return (distance, differs, -entry.documentFrequency, entry.word)
      }.sorted {
        ($0.0, $0.1, $0.2) != ($1.0, $1.1, $1.2)
          ? ($0.0, $0.1, $0.2) < ($1.0, $1.1, $1.2)
          : $0.3.utf8.lexicographicallyPrecedes($1.3.utf8)
      }
      #expect(
        SpellingSuggester.suggestions(for: word, in: vocabulary, limit: 3)
          == expected.prefix(3).map(\.3), "seed \(seed), \(word)")
    }
  }

  /// However many files have a manual.
  @Test func wordsThatBeginAlikeComeFirst() {
    let vocabulary = [("manual", 9), ("annual", 1)].map {
      (word: $0.0, documentFrequency: $0.1)
    }
    #expect(
      SpellingSuggester.suggestions(for: "anual", in: vocabulary, limit: 3)
        == ["annual", "manual"])
  }

  private func suggestions(
    _ word: String, _ vocabulary: [(String, Int)], written: (String) -> String? = { _ in nil }
  ) -> [String] {
    SpellingSuggester.suggestions(
      for: word, in: vocabulary.map { (word: $0.0, documentFrequency: $0.1) }, limit: 3
    ) { term in
      written(term).flatMap { word in
        // A title that holds the word so.
        RecordKey("1").map { key in
          WrittenWord(
            of: term, in: Hit(record: Record(key: key, filename: "", title: word), weight: 1))
        }
      }
    }
  }

  /// `compani` is how an index holds `company` in titles and texts.
  @Test func stemsAreReadWithTheEndingOfWhatWasTyped() {
    #expect(suggestions("comapny", [("compani", 900)]) == ["company"])
    // What somebody has written comes before what was made of a stem.
    #expect(
      suggestions("comapny", [("compani", 900), ("comapnyx", 1)]) == ["comapnyx", "company"])
    #expect(suggestions("comapnies", [("compani", 1)]) == ["companies"])
    #expect(suggestions("databse", [("databas", 1)]) == ["database"])
    #expect(suggestions("reprots", [("report", 1)]) == ["reports"])
    #expect(suggestions("manger", [("manag", 1)]) == ["manager"])
  }

  @Test func aWordInNamesAndItsStemElsewhereCountTogether() {
    let vocabulary = [("company", 3), ("compani", 3), ("comapny's", 1), ("compay", 5)]
    #expect(suggestions("comapny", vocabulary).first == "company")
  }

  @Test func stemsAreShownAsTheyAreWritten() {
    #expect(suggestions("lisens", [("licens", 1)]) { _ in "licensed" } == ["licensed"])
    #expect(suggestions("lisens", [("licens", 1)]) == ["licens"])
    // No word that ends as what was typed has this stem.
    #expect(suggestions("universty", [("univers", 1)]) { _ in "university" } == ["university"])
    // Only terms that may be stems are asked for.
    #expect(suggestions("rapört", [("rapport", 1), ("rapårt", 1)]) { _ in "x" } == ["rapårt"])
  }

  /// Where no file has the word: what resembles it is nothing that anyone means by it.
  @Test func stopWordsAreNotCorrected() {
    let vocabulary = ["tue", "then", "withe"].map { (word: $0, documentFrequency: 1) }
    for word in ["the", "The", "with"] {
      #expect(SpellingSuggester.suggestions(for: word, in: vocabulary, limit: 3).isEmpty)
    }
  }

  @Test func numbersAndNamespacesAreNotSuggested() {
    let vocabulary = ["2020", "report", "Oreport"].map { (word: $0, documentFrequency: 1) }
    #expect(SpellingSuggester.suggestions(for: "2021", in: vocabulary, limit: 3).isEmpty)
    #expect(
      SpellingSuggester.suggestions(for: "reprot", in: vocabulary, limit: 3) == ["report"])
    #expect(SpellingSuggester.suggestions(for: "report", in: vocabulary, limit: 3).isEmpty)
    #expect(SpellingSuggester.suggestions(for: "reprot", in: vocabulary, limit: 0).isEmpty)
  }
}
