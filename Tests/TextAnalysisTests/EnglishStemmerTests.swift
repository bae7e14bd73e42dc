import Foundation
import Testing

@testable import TextAnalysis

@Suite struct EnglishStemmerTests {
  /// The vocabulary was stemmed by another implementation of the same algorithm (libxapian's).
  @Test func agreesWithTheVocabulary() throws {
    let url = try #require(
      Bundle.module.url(
        forResource: "english-stems", withExtension: "tsv", subdirectory: "Fixtures"))
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
    #expect(lines.count > 3000)
    for line in lines {
      let columns = line.split(separator: "\t").map(String.init)
      #expect(EnglishStemmer.stem(columns[0]) == columns[1], "\(columns[0])")
    }
  }

  @Test func leavesOtherWordsAlone() {
    for word in ["", "é", "v2s", "보고서", "Files", "naïvely"] {
      #expect(EnglishStemmer.stem(word) == word)
    }
  }
}
