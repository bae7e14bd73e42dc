import SearchModel

/// One ranking over several engines: the statistics summed, the search with them, the answers
/// merged by weight and key.
struct SplitSearch {
  let engines: [any FullTextEngine]

  func search(_ request: SearchRequest) async throws -> SearchAnswer {
    var sum = CollectionStatistics()
    for engine in engines { sum.add(try await engine.statistics(for: request.query)) }
    var part = request
    part.statistics = sum
    part.offset = 0
    // A copy that ranks below the page in its own engine is a duplicate of a hit on it, so copies
    // are brought together from all matches.
    part.limit =
      request.collapsesDuplicates ? .max : request.limit + request.offset
    var answers: [SearchAnswer] = []
    for engine in engines { answers.append(try await engine.search(part)) }

    let hits = answers.flatMap(\.hits).sorted {
      $0.weight != $1.weight ? $0.weight > $1.weight : $0.record.key < $1.record.key
    }
    let merged = request.collapsesDuplicates ? collapsed(hits) : hits
    return SearchAnswer(
      hits: Array(merged.dropFirst(request.offset).prefix(request.limit)),
      matchCount: answers.map(\.matchCount).reduce(.exactly(0), added),
      facets: facets(of: answers), revision: Revision(0))
  }

  private func collapsed(_ hits: [Hit]) -> [Hit] {
    var result: [Hit] = []
    var indexOfHash: [ContentHash: Int] = [:]
    for hit in hits {
      guard let hash = hit.record.contentHash else {
        result.append(hit)
        continue
      }
      if let index = indexOfHash[hash] {
        let all = result[index].duplicates + [hit.record] + hit.duplicates
        result[index].duplicates = Array(all.sorted { $0.key < $1.key }.prefix(100))
      } else {
        indexOfHash[hash] = result.count
        result.append(hit)
      }
    }
    return result
  }

  private func added(_ left: MatchCount, _ right: MatchCount) -> MatchCount {
    func upper(_ count: MatchCount) -> Int {
      switch count {
      case .exactly(let number): number
      case .between(_, let number): number
      }
    }
    let (lower, higher) = (left.lowerBound + right.lowerBound, upper(left) + upper(right))
    return lower == higher ? .exactly(lower) : .between(lower, higher)
  }

  private func facets(of answers: [SearchAnswer]) -> [Facet: [FacetCount]] {
    var sums: [Facet: [String: Int]] = [:]
    for (facet, counts) in answers.flatMap(\.facets) {
      sums[facet, default: [:]].merge(counts.map { ($0.value, $0.count) }, uniquingKeysWith: +)
    }
    return sums.mapValues { counts in
      counts.map { FacetCount(value: $0.key, count: $0.value) }.sorted {
        $0.count != $1.count
          ? $0.count > $1.count : $0.value.utf8.lexicographicallyPrecedes($1.value.utf8)
      }
    }
  }
}
