import Foundation
import SearchModel
import TestSupport

@testable import TextAnalysis

extension SeededGenerator {
  mutating func text(of alphabet: [Character], length: ClosedRange<Int>) -> String {
    String(
      (0..<Int.random(in: length, using: &self)).map { _ in
        alphabet.randomElement(using: &self)!
      })
  }
}

func record(
  _ filename: String, directory: String = "", title: String = "", keywords: [String] = [],
  text: String = ""
) -> Record {
  Record(
    key: RecordKey("key")!, filename: filename, directory: directory, title: title,
    keywords: keywords, text: text)
}

/// Whether a record matches, by the plainest reading of a term query; weights are left out, and
/// phrases are looked for in stored fields alone.
func matches(_ query: TermQuery, _ record: Record) -> Bool {
  matches(query, record, RecordAnalyzer().analyze(record))
}

private func matches(_ query: TermQuery, _ record: Record, _ analyzed: AnalyzedRecord) -> Bool {
  switch query {
  case .nothing: false
  case .everything: true
  case .leaf(let leaf):
    analyzed.terms.contains { term, occurrences in
      guard occurrences.touches(leaf.fields) else { return false }
      return switch leaf.terms {
      case .exactly(let sought): term == sought
      case .startingWith(let start): term.utf8.starts(with: start.utf8)
      case .containing(let part): term.contains(part)
      }
    }
  case .phrase(let phrase):
    !PhraseMatcher.fields(of: phrase, in: record).isEmpty
  case .all(let children): children.allSatisfy { matches($0, record, analyzed) }
  case .any(let children), .best(let children):
    children.contains { matches($0, record, analyzed) }
  case .excluding(let positive, let negative):
    matches(positive, record, analyzed) && !matches(negative, record, analyzed)
  case .filter(let filter): filter.matches(record)
  }
}

func finds(_ typed: String, _ record: Record) -> Bool {
  matches(QueryAnalyzer().analyze(.words(typed)), record)
}
