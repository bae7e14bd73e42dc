import Cascade
import MemoryEngine
import RouterBands
import SearchModel

/// What one index holding all records answers, with what ties are settled by across servers: slow,
/// and made of nothing that the cascade is made of.
struct WholeIndexOracle {
  /// A line of the expected page.
  struct Line: Equatable {
    var key: RecordKey
    var weight: Double
    var copies: Set<RecordKey>
  }

  let whole: any FullTextEngine
  /// Where each record is.
  let homes: [RecordKey: Nearness]

  func page(_ request: SearchRequest) async throws -> [Line] {
    var all = request
    all.limit = .max
    all.offset = 0
    all.collapsesDuplicates = false
    let hits = try await whole.search(all).hits
    // Equal neighbours in the one index's order are put in the order of nearness.
    var ordered: [Hit] = []
    var run: [Hit] = []
    for hit in hits {
      if let last = run.last, !isSameRank(last, hit, request.sort) {
        ordered += run.sorted(by: isNearer)
        run = []
      }
      run.append(hit)
    }
    ordered += run.sorted(by: isNearer)
    var lines: [Line] = []
    var lineOfHash: [ContentHash: Int] = [:]
    for hit in ordered {
      let hash = request.collapsesDuplicates ? hit.record.contentHash : nil
      if let hash, let line = lineOfHash[hash] {
        lines[line].copies.insert(hit.record.key)
      } else {
        if let hash { lineOfHash[hash] = lines.count }
        lines.append(Line(key: hit.record.key, weight: hit.weight, copies: []))
      }
    }
    return Array(lines.dropFirst(request.offset).prefix(request.limit))
  }

  private func isNearer(_ left: Hit, _ right: Hit) -> Bool {
    guard let first = homes[left.record.key], let second = homes[right.record.key],
      first != second
    else { return left.record.key < right.record.key }
    return first < second
  }

  private func isSameRank(_ left: Hit, _ right: Hit, _ sort: SortOrder) -> Bool {
    guard left.weight == right.weight else { return false }
    switch sort {
    case .relevance: return true
    case .size: return left.record.size == right.record.size
    case .modified: return left.record.modified == right.record.modified
    case .name:
      guard let first = left.sortText, let second = right.sortText else { return false }
      return first.utf8.elementsEqual(second.utf8)
    }
  }
}
