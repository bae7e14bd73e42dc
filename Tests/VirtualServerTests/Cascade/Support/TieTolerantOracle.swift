import SearchModel

/// Compares a page with the whole ranking of one index. What ranks the same may stand in another
/// order, because nearness settles ties between servers and the key settles them in one index;
/// everything else must be the same, weights to a billionth.
struct TieTolerantOracle {
  /// All hits, best first.
  let whole: [Hit]
  /// From where on they match only some of the words.
  var partialStart: Int?

  func problem(of hits: [Hit], partialStart: Int?, for request: SearchRequest) -> String? {
    let expected = whole.dropFirst(request.offset).prefix(request.limit)
    guard hits.count == expected.count else {
      return "\(hits.count) hits instead of \(expected.count)"
    }
    guard placeOnPage(self.partialStart, request, expected.count) == partialStart else {
      return "partial from \(partialStart as Int?), not \(self.partialStart as Int?)"
    }
    var lineOfKey: [RecordKey: Int] = [:]
    for (line, hit) in whole.enumerated() {
      for record in [hit.record] + hit.duplicates { lineOfKey[record.key] = line }
    }
    var seen: Set<Int> = []
    for (hit, place) in zip(hits, expected) {
      guard let line = lineOfKey[hit.record.key] else { return "\(hit.record.key) is no match" }
      guard seen.insert(line).inserted else { return "\(hit.record.key) twice" }
      let same = whole[line]
      guard copies(of: hit) == copies(of: same) else {
        return "\(hit.record.key) has copies \(copies(of: hit)), not \(copies(of: same))"
      }
      guard isSameRank(hit, place, request.sort), isSameRank(hit, same, request.sort) else {
        return "\(hit.record.key) weighs \(hit.weight); its place \(place.weight), in one index "
          + "\(same.weight)"
      }
      guard isPartial(line) == isPartial(hits.firstIndex(of: hit)!, partialStart) else {
        return "\(hit.record.key) stands among the others"
      }
    }
    return nil
  }

  private func isPartial(_ line: Int) -> Bool { isPartial(line, partialStart) }

  private func isPartial(_ line: Int, _ start: Int?) -> Bool { start.map { line >= $0 } ?? false }

  private func placeOnPage(_ start: Int?, _ request: SearchRequest, _ count: Int) -> Int? {
    start.flatMap { start in
      let place = max(0, start - request.offset)
      return place < count ? place : nil
    }
  }

  private func copies(of hit: Hit) -> Set<RecordKey> {
    Set(([hit.record] + hit.duplicates).map(\.key))
  }

  private func isSameRank(_ left: Hit, _ right: Hit, _ sort: SortOrder) -> Bool {
    guard abs(left.weight - right.weight) <= 1e-9 else { return false }
    switch sort {
    case .relevance: return true
    case .size: return left.record.size == right.record.size
    case .modified: return left.record.modified == right.record.modified
    case .name: return left.sortText.map { Array($0.utf8) } == right.sortText.map { Array($0.utf8) }
    }
  }
}
