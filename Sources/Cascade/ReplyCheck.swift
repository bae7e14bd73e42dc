import SearchModel

/// Judges whether what a virtual server says can be true, as far as it can be seen without its
/// index. A server that says what cannot be true is left out of the answer whole, and named.
struct ReplyCheck {
  let limits: CascadeLimits
  /// The keys of the query's leaves; nil where they are not known.
  var leaves: Set<String>?

  /// The most values of one facet that are believed.
  private static let facetValueCount = 1_000_000

  // MARK: Statistics

  /// The statistics of the leaves that the query has; what a server invents beside them would only
  /// make messages larger.
  func relevant(_ reply: ServerStatistics) -> ServerStatistics {
    guard let leaves else { return reply }
    var reply = reply
    reply.statistics.documentFrequencies = reply.statistics.documentFrequencies.filter {
      leaves.contains($0.key)
    }
    return reply
  }

  /// - Returns: what is wrong, in words; nil for statistics that may be true.
  func problem(of reply: ServerStatistics) -> String? {
    StatisticsBounds(highestDocumentCount: limits.highestDocumentCount)
      .problem(of: reply.statistics).map { "It claims \($0)." }
  }

  // MARK: Matches

  /// - Returns: what is wrong, in words; nil for an answer to `request` that may be true.
  func problem(of answer: SearchAnswer, to request: SearchRequest) -> String? {
    guard answer.hits.count <= request.limit else {
      return "It sends \(answer.hits.count) hits, and \(request.limit) were asked for."
    }
    let count = answer.matchCount
    guard count.lowerBound >= 0, count.lowerBound <= count.upperBound,
      count.upperBound <= limits.highestDocumentCount,
      answer.hits.isEmpty || count.upperBound > 0
    else {
      return "It claims \(count.lowerBound) to \(count.upperBound) matches."
    }
    var keys: Set<RecordKey> = []
    for hit in answer.hits {
      if let problem = problem(of: hit, to: request) { return problem }
      guard keys.insert(hit.record.key).inserted else {
        return "It sends one record twice: \(hit.record.key)."
      }
    }
    for (left, right) in zip(answer.hits, answer.hits.dropFirst())
    where !isInOrder(left, right, request.sort) {
      return "Its hits are not in order."
    }
    return problem(of: answer.facets, upperBound: count.upperBound)
  }

  private func problem(of hit: Hit, to request: SearchRequest) -> String? {
    if let problem = hit.problemOfShape { return problem }
    guard hit.duplicates.count <= Folding.duplicateLimit,
      request.collapsesDuplicates || hit.duplicates.isEmpty,
      hit.duplicates.allSatisfy({
        $0.contentHash != nil && $0.contentHash == hit.record.contentHash
      })
    else { return "It sends duplicates that are none." }
    return nil
  }

  private func isInOrder(_ left: Hit, _ right: Hit, _ sort: SortOrder) -> Bool {
    if let precedes = sort.separates(left, right) { return precedes }
    if left.weight != right.weight { return left.weight > right.weight }
    return left.record.key < right.record.key
  }

  private func problem(of facets: [Facet: [FacetCount]], upperBound: Int) -> String? {
    for (facet, counts) in facets {
      guard counts.count <= Self.facetValueCount,
        counts.allSatisfy({ $0.count > 0 && $0.count <= upperBound })
      else { return "It claims counts by \(facet.rawValue) that cannot be." }
      guard counts.allSatisfy({ $0.value.utf8.count <= Record.longestDirectory }) else {
        return "It sends a value of \(facet.rawValue) that is too long."
      }
    }
    return nil
  }
}
