import Foundation
import Node
import Protocol
import SearchModel

/// What the last search found and who has it, kept so that `nearfind get 3` knows what is meant.
struct LastAnswer: Codable, Hashable, Sendable {
  /// One place of a file.
  struct Copy: Codable, Hashable, Sendable {
    var key: String
    var filename: String
    var size: Int64
    var contentHash: ContentHash?
    /// Who has it and where; empty where nobody said.
    var sources: [FileSource]
  }

  struct Found: Codable, Hashable, Sendable {
    /// As it was shown.
    var rank: Int
    /// Nearest first; the one that was shown at the front.
    var copies: [Copy]
  }

  var query: String
  var hits: [Found]

  init(_ report: SearchReport) {
    query = report.text
    let sources = report.coverage?.servers?.sources ?? []
    hits = Self.found(report.relaxed.answer, sources: sources, offset: report.offset)
  }

  /// What an answer found, each copy with its sources.
  static func found(_ answer: SearchAnswer, sources: [FileSource], offset: Int) -> [Found] {
    let byOwner = Dictionary(grouping: sources) { KeySpace(of: $0.node).prefix }
    return answer.hits.enumerated().map { index, hit in
      Found(
        rank: offset + index + 1,
        copies: ([hit.record] + hit.duplicates).map { record in
          Copy(
            key: record.key.value, filename: record.filename, size: record.size,
            contentHash: record.contentHash,
            sources: KeySpace.prefix(of: record.key).flatMap { byOwner[$0] } ?? [])
        })
    }
  }

  private static func path(in directory: DataDirectory) -> String {
    directory.path + "/last-answer.json"
  }

  /// Kept for convenience: a search is not spoiled where that fails.
  func keep(in directory: DataDirectory) {
    guard let data = try? JSONEncoder().encode(self),
      FileManager.default.fileExists(atPath: directory.path)
    else { return }
    let path = Self.path(in: directory)
    try? data.write(to: URL(fileURLWithPath: path), options: .atomic)
    // It tells what its owner looks for.
    try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
  }

  /// - Returns: nil where nothing was searched yet, or what is kept cannot be read.
  static func load(from directory: DataDirectory) -> LastAnswer? {
    FileManager.default.contents(atPath: path(in: directory))
      .flatMap { try? JSONDecoder().decode(LastAnswer.self, from: $0) }
  }
}
