import Foundation
import Node
import SearchModel

/// The JSON document of `nearfind search --json`. Its members keep their names and meaning; new
/// ones may be added, so readers ignore what they do not know. Optional members are left out.
///
/// Texts are exactly what the file system and the files hold.
struct AnswerDocument: Codable, Hashable {
  struct Count: Codable, Hashable {
    var atLeast: Int
    var atMost: Int
  }

  struct Person: Codable, Hashable {
    var userSerialID: Int64
    var userID: String
  }

  struct File: Codable, Hashable {
    var key: String
    var filename: String
    var directory: String
    var size: Int64
    var modified: String
    var title: String
    var keywords: [String]
    var contentHash: String?
    var owner: Person
  }

  struct Found: Codable, Hashable {
    /// 1 for the first hit of the whole answer, whatever the offset.
    var rank: Int
    var file: File
    var weight: Double
    /// Whether the file matches only some of the words, or a corrected spelling.
    var partial: Bool
    var duplicates: [File]
    var explanation: [Explanation.Contribution]?
  }

  struct Unmatched: Codable, Hashable {
    var word: String
    /// Words of the index that are spelled like it, nearest first.
    var spellings: [String]
  }

  static let currentVersion = 1

  var version = Self.currentVersion
  var query: String
  var matches: Count
  var hits: [Found]
  var corrections: [RelaxedAnswer.Correction]
  var unmatchedWords: [Unmatched]
  var facets: [String: [FacetCount]]?
  /// What was searched; left out without a daemon, when it is the machine's own index.
  var coverage: SearchCoverage?
  var revision: UInt64

  init(_ report: SearchReport) {
    let relaxed = report.relaxed
    let partialStart = relaxed.partialStart ?? relaxed.answer.hits.count
    query = report.text
    matches = Count(relaxed.answer.matchCount)
    hits = relaxed.answer.hits.enumerated().map { index, hit in
      Found(
        rank: report.offset + index + 1, file: File(hit.record), weight: hit.weight,
        partial: index >= partialStart, duplicates: hit.duplicates.map(File.init),
        explanation: hit.explanation?.contributions)
    }
    corrections = relaxed.corrections
    unmatchedWords = relaxed.unmatchedWords.map {
      Unmatched(word: $0, spellings: report.spellings[$0] ?? [])
    }
    if !relaxed.answer.facets.isEmpty {
      facets = Dictionary(
        uniqueKeysWithValues: relaxed.answer.facets.map { ($0.key.rawValue, $0.value) })
    }
    coverage = report.coverage
    revision = relaxed.answer.revision.number
  }
}

extension AnswerDocument.Count {
  init(_ count: MatchCount) {
    switch count {
    case .exactly(let number): self.init(atLeast: number, atMost: number)
    case .between(let lower, let upper): self.init(atLeast: lower, atMost: upper)
    }
  }
}

extension AnswerDocument.File {
  init(_ record: Record) {
    self.init(
      key: record.key.value, filename: record.filename, directory: record.directory,
      size: record.size, modified: Wording.timestamp(record.modified), title: record.title,
      keywords: record.keywords, contentHash: record.contentHash?.hexadecimal,
      owner: .init(
        userSerialID: record.owner.userSerialID, userID: record.owner.userID))
  }
}
