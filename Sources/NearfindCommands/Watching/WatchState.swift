import Foundation
import Protocol
import SearchModel

/// What a watched query has found so far. Pure.
struct WatchState: Codable, Hashable, Sendable {
  /// The query as typed.
  var query: String
  var scope: String
  /// Whether the first answer has come, whose files are no news.
  private(set) var hasBegun = false
  /// By group, the revision whose matches are in `seen`.
  private(set) var revisions: [String: Revision] = [:]
  private(set) var seen: Set<String> = []

  init(query: String, scope: String) {
    self.query = query
    self.scope = scope
  }

  /// Takes an answer in.
  ///
  /// - Parameter tellsPresent: whether what matched before anything was watched is news as well.
  /// - Returns: the records that are new, last changed first.
  mutating func take(_ answer: NewsAnswer, tellsPresent: Bool = false) -> [Record] {
    var new: [Record] = []
    for group in answer.changed {
      let key = String(group.group)
      // A group that is heard of for the first time has joined, and its files are new to the network.
      for record in group.records where seen.insert(record.key.value).inserted {
        new.append(record)
      }
      revisions[key] = group.revision
    }
    defer { hasBegun = true }
    guard hasBegun || tellsPresent else { return [] }
    return new.sorted { ($1.modified, $0.key) < ($0.modified, $1.key) }
  }
}
