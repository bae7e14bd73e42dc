public import SearchModel

/// Merges lists whose weights cannot be compared, because they come of engines that weigh
/// differently, by their ranks alone: a record's weight is the sum of 1/(60 + rank) over the lists
/// that have it or a copy of it (Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms
/// Condorcet and individual rank learning methods", SIGIR 2009). Records of different servers at the
/// same rank weigh the same, and the nearer one comes first.
///
/// The ranks of a list need no statistics of others, so that engines are asked only once. Sorted
/// requests are merged by what they are sorted by, as in ``ExactMerging``.
public struct ReciprocalRankFusion: RankMerging {
  /// The paper's constant: how little the very first ranks count above those behind them.
  public let constant: Double

  public init(constant: Double = 60) {
    self.constant = constant
  }

  public func merge(_ lists: [RankedList], for request: SearchRequest) -> [MergedHit] {
    guard request.sort == .relevance else { return ExactMerging().merge(lists, for: request) }
    var weights: [Content: Double] = [:]
    // In an order of their own, so that sums do not depend on the order of the lists.
    let lists = lists.sorted { ($0.nearness, $0.server) < ($1.nearness, $1.server) }
    for list in lists {
      var counted: Set<Content> = []
      for (index, hit) in list.hits.enumerated() {
        let content = Content(hit.record, collapses: request.collapsesDuplicates)
        // The first of a list's copies is the one that stands for them.
        guard counted.insert(content).inserted else { continue }
        weights[content, default: 0] += 1 / (constant + Double(index + 1))
      }
    }
    let fused = lists.map { list in
      var list = list
      for index in list.hits.indices {
        let content = Content(list.hits[index].record, collapses: request.collapsesDuplicates)
        list.hits[index].weight = weights[content] ?? 0
      }
      return list
    }
    return ExactMerging().merge(fused, for: request)
  }

  /// What is one thing in the result.
  private enum Content: Hashable {
    case hash(ContentHash)
    case record(RecordKey)

    init(_ record: Record, collapses: Bool) {
      if collapses, let hash = record.contentHash {
        self = .hash(hash)
      } else {
        self = .record(record.key)
      }
    }
  }
}
