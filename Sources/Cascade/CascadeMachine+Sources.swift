import SearchModel

/// Further copies of the files on the page. A server that has more matches than it was asked for may
/// have a copy that ranks below its own best.
extension CascadeMachine {
  func questionsForSources() -> [(ServerIdentifier, SearchRequest)] {
    guard let result, request.collapsesDuplicates else { return [] }
    var known: [ContentHash: Set<ServerIdentifier>] = [:]
    for hit in result.hits {
      guard let hash = hit.hit.record.contentHash else { continue }
      known[hash] = Set(hit.origins.values)
    }
    guard !known.isEmpty else { return [] }
    return covered.flatMap { server -> [(ServerIdentifier, SearchRequest)] in
      // Who sent fewer than were asked for has sent all.
      guard let answer = result.answers[server],
        answer.hits.count >= wanted || shortened.contains(server)
      else { return [] }
      let hashes = known.filter { !$0.value.contains(server) }.keys
        .filter { mayHold(server, $0) }.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
      return stride(from: 0, to: hashes.count, by: Self.contentsPerQuestion).map { start in
        (server, sourcesRequest(hashes[start...].prefix(Self.contentsPerQuestion)))
      }
    }
  }

  /// So that the answer is no larger than what a server gives at once.
  private static let contentsPerQuestion = 50

  private func sourcesRequest(_ hashes: ArraySlice<ContentHash>) -> SearchRequest {
    let contents = hashes.map { Query.filter(.contentHash($0)) }
    return SearchRequest(
      query: .all([request.query, .any(contents)]), limit: hashes.count * Folding.duplicateLimit,
      collapsesDuplicates: false, statistics: CollectionStatistics())
  }

  /// The page with what was found; nothing but its duplicates changes.
  func addingSources(to result: StageResult?) -> StageResult? {
    guard var result, !sources.isEmpty else { return result }
    let found = sources.compactMap { server, hits in
      states[server].map { RankedList(server: server, nearness: $0.server.nearness, hits: hits) }
    }
    result.hits = result.hits.map { $0.adding(copiesIn: found) { states[$0]?.server.nearness } }
    return result
  }
}
