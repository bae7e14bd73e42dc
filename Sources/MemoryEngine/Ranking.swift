import SearchModel
import TextAnalysis

/// Matches to the page of hits that a request asks for.
enum Ranking {
  struct Candidate {
    let document: Document
    let match: Evaluator.Match
  }

  /// A hit lists at most so many duplicates.
  static let duplicateLimit = 100

  static func hits(of candidates: [Candidate], for request: SearchRequest) -> [Hit] {
    let ordered = candidates.sorted { precedes($0, $1, under: request.sort) }
    let groups = request.collapsesDuplicates ? grouped(ordered) : ordered.map { [$0] }
    return groups.dropFirst(request.offset).prefix(request.limit).map { group in
      let others = group.dropFirst().map(\.document.record).sorted { $0.key < $1.key }
      let best = group[0]
      return Hit(
        record: best.document.record, weight: best.match.weight,
        duplicates: Array(others.prefix(duplicateLimit)),
        explanation: request.explains
          ? Explanation(contributions: best.match.contributions) : nil,
        sortText: request.sort.isByName
          ? FilterValues.folded(best.document.record.filename) : nil)
    }
  }

  /// Candidates of the same content, each group where its first stands. Records whose content is
  /// not known yet stand alone.
  private static func grouped(_ ordered: [Candidate]) -> [[Candidate]] {
    var groups: [[Candidate]] = []
    var indexOfHash: [ContentHash: Int] = [:]
    for candidate in ordered {
      if let hash = candidate.document.record.contentHash {
        if let index = indexOfHash[hash] {
          groups[index].append(candidate)
          continue
        }
        indexOfHash[hash] = groups.count
      }
      groups.append([candidate])
    }
    return groups
  }

  private static func precedes(_ left: Candidate, _ right: Candidate, under sort: SortOrder) -> Bool
  {
    switch sort {
    case .relevance: break
    case .name(let ascending):
      let leftName = FilterValues.folded(left.document.record.filename)
      let rightName = FilterValues.folded(right.document.record.filename)
      if !leftName.utf8.elementsEqual(rightName.utf8) {
        return leftName.utf8.lexicographicallyPrecedes(rightName.utf8) == ascending
      }
    case .size(let ascending):
      let (leftSize, rightSize) = (left.document.record.size, right.document.record.size)
      if leftSize != rightSize { return (leftSize < rightSize) == ascending }
    case .modified(let ascending):
      let (leftTime, rightTime) = (left.document.record.modified, right.document.record.modified)
      if leftTime != rightTime { return (leftTime < rightTime) == ascending }
    }
    let (leftWeight, rightWeight) = (left.match.weight, right.match.weight)
    if leftWeight != rightWeight { return leftWeight > rightWeight }
    return left.document.record.key < right.document.record.key
  }
}
