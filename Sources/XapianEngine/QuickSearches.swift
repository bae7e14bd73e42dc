import Foundation
import SearchModel
import Synchronization
import TextAnalysis

/// Which searches are carried out on the thread of whoever asks.
///
/// Reading may block on the disk, so it belongs on threads of its own: Swift's cooperative threads
/// are one for each core, and all of them blocked stop every task. But a search of a few rare words
/// takes less time than waking a thread, and longer by far when the machine is busy. So a few of
/// those run where they were asked for, on at most half of the cores at any time.
enum QuickSearches {
  private static let running = Atomic<Int>(0)

  /// None on a machine with one core.
  private static let limit = ProcessInfo.processInfo.activeProcessorCount / 2

  /// - Returns: what `body` returns; nil, without having called it, while too many others run.
  static func onThisThread<Result>(
    _ body: () throws(EngineError) -> Result
  ) throws(EngineError) -> Result? {
    defer { running.subtract(1, ordering: .relaxed) }
    if running.add(1, ordering: .relaxed).newValue > limit { return nil }
    return try body()
  }

  private static let mostLeaves = 16
  private static let mostHits = 100

  /// Whether a search may turn out to be quick: it looks whole words up, reads few records and does
  /// not see every match.
  static func mayBeQuick(_ request: SearchRequest, _ query: TermQuery) -> Bool {
    request.sort == .relevance && request.facets.isEmpty && !request.explains
      && (0...mostHits).contains(request.limit) && (0...mostHits).contains(request.offset)
      && query.leafCount <= mostLeaves && query.isOfWholeWords
  }
}

extension TermQuery {
  /// Whether there is nothing but terms to look up, and ways to combine them.
  fileprivate var isOfWholeWords: Bool {
    switch self {
    case .leaf(let leaf): if case .exactly = leaf.terms { true } else { false }
    case .all(let parts), .any(let parts), .best(let parts): parts.allSatisfy(\.isOfWholeWords)
    case .excluding(let wanted, let unwanted): wanted.isOfWholeWords && unwanted.isOfWholeWords
    case .nothing: true
    case .everything, .phrase, .filter: false
    }
  }

  /// Roughly how many postings a match looks at. Where all must match the rarest leads, and each of
  /// the others is asked about its documents. In floating point, because the statistics may be a
  /// stranger's, and none of its numbers overflows there.
  func postingCount(_ statistics: CollectionStatistics) -> Double {
    switch self {
    case .nothing: 0
    case .everything, .filter: Double(statistics.documentCount)
    case .leaf(let leaf): Double(statistics.documentFrequencies[leaf.statisticsKey] ?? 0)
    case .phrase(let phrase): Self.postingCount(ofAll: phrase.leaves, statistics)
    case .all(let parts): Self.postingCount(ofAll: parts, statistics)
    case .any(let parts), .best(let parts): parts.reduce(0) { $0 + $1.postingCount(statistics) }
    case .excluding(let wanted, _): 2 * wanted.postingCount(statistics)
    }
  }

  private static func postingCount(
    ofAll parts: [TermQuery], _ statistics: CollectionStatistics
  ) -> Double {
    Double(parts.count) * (parts.map { $0.postingCount(statistics) }.min() ?? 0)
  }
}

extension TermQuery {
  /// A number that the matches do not exceed, by the index's own statistics.
  func mostMatches(_ statistics: CollectionStatistics) -> Int {
    let all = statistics.documentCount
    switch self {
    case .nothing: return 0
    case .everything, .filter: return all
    case .leaf(let leaf): return min(all, statistics.documentFrequencies[leaf.statisticsKey] ?? 0)
    case .phrase(let phrase): return phrase.leaves.map { $0.mostMatches(statistics) }.min() ?? all
    case .all(let parts): return parts.map { $0.mostMatches(statistics) }.min() ?? all
    case .any(let parts), .best(let parts):
      return min(all, parts.reduce(0) { $0 + $1.mostMatches(statistics) })
    case .excluding(let wanted, _): return wanted.mostMatches(statistics)
    }
  }
}
