public import SearchModel

/// Merges lists whose weights were all given by the same statistics: the result is the ranking of
/// one index that holds all records. What weighs the same is ordered by nearness, then by key.
public struct ExactMerging: RankMerging {
  public init() {}

  public func merge(_ lists: [RankedList], for request: SearchRequest) -> [MergedHit] {
    let candidates = lists.flatMap { list in
      list.hits.map { MergeCandidate(hit: $0, server: list.server, nearness: list.nearness) }
    }
    let ordered = candidates.sorted { Self.precedes($0, $1, under: request.sort) }
    return Folding.fold(ordered, collapsesDuplicates: request.collapsesDuplicates)
      .page(of: request)
  }

  static func precedes(
    _ left: MergeCandidate, _ right: MergeCandidate, under sort: SortOrder
  ) -> Bool {
    if let precedes = sort.separates(left.hit, right.hit) { return precedes }
    if left.hit.weight != right.hit.weight { return left.hit.weight > right.hit.weight }
    if left.nearness != right.nearness { return left.nearness < right.nearness }
    return left.hit.record.key < right.hit.record.key
  }
}

extension SortOrder {
  /// Whether the left hit comes first by what is sorted by; nil where that is the same, and for
  /// relevance always.
  func separates(_ left: Hit, _ right: Hit) -> Bool? {
    switch self {
    case .relevance: return nil
    case .name(let ascending):
      let (first, second) = (left.nameToSortBy.utf8, right.nameToSortBy.utf8)
      if first.elementsEqual(second) { return nil }
      return first.lexicographicallyPrecedes(second) == ascending
    case .size(let ascending):
      if left.record.size == right.record.size { return nil }
      return (left.record.size < right.record.size) == ascending
    case .modified(let ascending):
      if left.record.modified == right.record.modified { return nil }
      return (left.record.modified < right.record.modified) == ascending
    }
  }
}

extension Hit {
  /// An engine that does not say what it ordered by is taken by the name as it is.
  fileprivate var nameToSortBy: String { sortText ?? record.filename }
}
