import SearchModel

/// What adds up over disjoint collections.
enum AnswerSums {
  static func matchCount(of answers: [SearchAnswer]) -> MatchCount {
    let lower = answers.reduce(0) { $0 + $1.matchCount.lowerBound }
    let upper = answers.reduce(0) { $0 + $1.matchCount.upperBound }
    return lower == upper ? .exactly(lower) : .between(lower, upper)
  }

  /// By count, then value, as an engine has them. Values are told apart by their bytes.
  static func facets(of answers: [SearchAnswer]) -> [Facet: [FacetCount]] {
    var sums: [Facet: [[UInt8]: Int]] = [:]
    for answer in answers {
      for (facet, counts) in answer.facets {
        // Also a facet without values stands in the result.
        sums[facet, default: [:]].merge(counts.map { (Array($0.value.utf8), $0.count) }) {
          $0 + $1
        }
      }
    }
    return sums.mapValues { counts in
      counts.map { FacetCount(value: String(decoding: $0.key, as: UTF8.self), count: $0.value) }
        .sorted {
          $0.count != $1.count
            ? $0.count > $1.count : $0.value.utf8.lexicographicallyPrecedes($1.value.utf8)
        }
    }
  }
}
