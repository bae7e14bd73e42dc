import SearchModel

/// Judges whether what a virtual server says can be true, as far as it can be seen without its
/// index. A server that says what cannot be true is left out of the answer whole, and named.
struct ReplyCheck {
  let limits: CascadeLimits

  /// Weights are sums of multiples of 2^-36 that are exact only below this.
  private static let highestWeight = 0x1p16

  /// The most values of one facet that are believed.
  private static let facetValueCount = 1_000_000

  // MARK: Statistics

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
    guard hit.weight.isFinite, (0...Self.highestWeight).contains(hit.weight) else {
      return "It sends a weight of \(hit.weight)."
    }
    guard hit.duplicates.count <= Folding.duplicateLimit,
      request.collapsesDuplicates || hit.duplicates.isEmpty,
      hit.duplicates.allSatisfy({
        $0.contentHash != nil && $0.contentHash == hit.record.contentHash
      })
    else { return "It sends duplicates that are none." }
    for record in [hit.record] + hit.duplicates {
      if let problem = record.problemOfShape { return problem }
    }
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
    }
    return nil
  }
}

extension Record {
  /// What keeps the record from being one of a shared file; nil for one that may be.
  fileprivate var problemOfShape: String? {
    // Who asks for the file later must not be led elsewhere by its name.
    let isName =
      !filename.isEmpty && !filename.utf8.contains(UInt8(ascii: "/")) && filename != "."
      && filename != ".."
    guard isName else { return "It sends a filename that is not the name of a file." }
    guard !directory.split(separator: "/").contains("..") else {
      return "It sends a directory that leads out of its folder."
    }
    guard size >= 0 else { return "It sends a record of a negative size." }
    return nil
  }
}
