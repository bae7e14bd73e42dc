internal import CXapian
import Dispatch
import SearchModel
import Synchronization
import TextAnalysis

/// Carries out one search of one snapshot: each part finds its best with the same statistics, and
/// the parts' lists merge as those of many engines would.
struct SnapshotSearch: Sendable {
  let snapshot: Snapshot
  private var request: SearchRequest
  private let query: TermQuery
  private let statistics: CollectionStatistics
  private let model: RelevanceModel
  private let plan: Plan
  private let frequencies: [Double]

  /// - Parameter query: what analysis makes of the request's query.
  init(
    _ request: SearchRequest, _ query: TermQuery, in snapshot: Snapshot, model: RelevanceModel
  ) throws(EngineError) {
    guard request.limit >= 0, request.offset >= 0 else {
      throw .invalidRequest("The limit and the offset of a search must not be negative.")
    }
    self.snapshot = snapshot
    self.request = request
    self.model = model
    self.query = query
    if let statistics = request.statistics {
      self.statistics = statistics
    } else {
      statistics = try snapshot.statistics(for: query)
    }
    plan = Plan(query, statistics: statistics, model: model)
    frequencies = (0..<FieldOccurrences.valueCount).map {
      model.frequency(of: FieldOccurrences(rawValue: UInt8($0)))
    }
  }

  /// Whether the search takes a few milliseconds at most, on one thread.
  var isQuick: Bool {
    let postings = query.postingCount(statistics)
    return postings < (snapshot.parts.count == 1 ? Self.postingsOfQuick : Self.postingsWorthThreads)
  }

  func answer() throws(EngineError) -> SearchAnswer {
    let (wanted, overflow) = request.limit.addingReportingOverflow(request.offset)
    let found = try match(plan, limit: overflow ? .max : wanted)
    let candidates = merged(found.flatMap(\.candidates))
    let hits = try hits(candidates.dropFirst(request.offset).prefix(request.limit))
    var facets = FacetCounting(request.facets)
    for part in found { facets.add(part.facets) }
    return SearchAnswer(
      hits: hits, matchCount: try matchCount(found),
      facets: facets.result,
      revision: snapshot.manifest.revision)
  }

  /// Where records are hidden, what a part says of the most that may match counts them too. Then the
  /// statistics say it, which do not.
  private func matchCount(_ found: [Found]) throws(EngineError) -> MatchCount {
    let count = MatchCount.sum(of: found.map(\.count))
    guard snapshot.hidesRecords, case .between(let lower, _) = count else { return count }
    let own = request.statistics == nil ? statistics : try snapshot.statistics(for: query)
    let upper = max(lower, query.mostMatches(own))
    return lower == upper ? .exactly(lower) : .between(lower, upper)
  }

  // MARK: Matching

  struct Candidate {
    var partIndex: Int
    var document: UInt32
    var weight: Double
    var key: [UInt8]
    var sortKey: [UInt8]
    var hash: [UInt8]
    var size: Int64
    var modified: Int64
  }

  struct Found {
    var candidates: [Candidate]
    var count: MatchCount
    var facets: FacetCounting
  }

  /// Below so many postings a search is over before another thread has begun to help.
  private static let postingsWorthThreads = 50_000.0
  private static let postingsOfQuick = 500_000.0

  private func match(_ plan: Plan, limit: Int) throws(EngineError) -> [Found] {
    let count = snapshot.parts.count
    if count == 1 || query.postingCount(statistics) < Self.postingsWorthThreads {
      var found: [Found] = []
      for index in 0..<count { found.append(try match(plan, limit: limit, partIndex: index)) }
      return found
    }
    let results = Mutex([Result<Found, EngineError>?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { index in
      let result = Result { () throws(EngineError) in
        try match(plan, limit: limit, partIndex: index)
      }
      results.withLock { $0[index] = result }
    }
    var found: [Found] = []
    for case .some(let result) in results.withLock({ $0 }) { found.append(try result.get()) }
    return found
  }

  private func match(_ plan: Plan, limit: Int, partIndex: Int) throws(EngineError) -> Found {
    let context = MatchContext(plan, facets: request.facets)
    let part = snapshot.parts[partIndex]
    return try context.withCallbacks { (callbacks) throws(EngineError) in
      try withOptions(limit: limit) { (options) throws(EngineError) in
        let result = try part.match(plan, options, callbacks)
        let candidates = UnsafeBufferPointer(start: result.hits, count: result.hit_count).map {
          Candidate(
            partIndex: partIndex, document: $0.document, weight: $0.weight,
            key: Array($0.key.buffer), sortKey: Array($0.sort_key.buffer),
            hash: Array($0.hash.buffer), size: $0.size, modified: $0.modified)
        }
        let (lower, upper) = (Int(result.lower_bound), Int(result.upper_bound))
        return Found(
          candidates: candidates,
          count: lower == upper ? .exactly(lower) : .between(lower, upper),
          facets: context.facetCounting)
      }
    }
  }

  private func withOptions<Result>(
    limit: Int,
    _ body: (UnsafePointer<cxapian_match_options>) throws(EngineError) -> Result
  ) throws(EngineError) -> Result {
    try frequencies.withUnsafeBufferPointer { (frequencies) throws(EngineError) in
      let (order, ascending) = request.sort.shimOrder
      var options = cxapian_match_options(
        limit: limit, order: order, ascending: ascending, collapse: request.collapsesDuplicates,
        frequencies: frequencies.baseAddress, k1: model.k1, b: model.b,
        average_length: statistics.averageLength)
      return try withUnsafePointer(to: &options) { (options) throws(EngineError) in
        try body(options)
      }
    }
  }

  // MARK: Merging

  private func merged(_ candidates: [Candidate]) -> [Candidate] {
    let ordered = candidates.sorted(by: precedes)
    guard request.collapsesDuplicates else { return ordered }
    var seen: Set<[UInt8]> = []
    return ordered.filter { $0.hash.isEmpty || seen.insert($0.hash).inserted }
  }

  private func precedes(_ left: Candidate, _ right: Candidate) -> Bool {
    if left.sortKey != right.sortKey {
      return left.sortKey.lexicographicallyPrecedes(right.sortKey)
        == request.sort.shimOrder.ascending
    }
    if left.weight != right.weight { return left.weight > right.weight }
    return left.key.lexicographicallyPrecedes(right.key)
  }

  // MARK: Hits

  /// Reads the candidates' records in the order in which they are stored, so that a block with
  /// several of them is read once.
  private func hits(_ page: ArraySlice<Candidate>) throws(EngineError) -> [Hit] {
    let stored = page.indices.sorted {
      (page[$0].partIndex, page[$0].document) < (page[$1].partIndex, page[$1].document)
    }
    var hits: [(place: Int, hit: Hit)] = []
    for place in stored { hits.append((place, try hit(page[place]))) }
    return hits.sorted { $0.place < $1.place }.map(\.hit)
  }

  private func hit(_ candidate: Candidate) throws(EngineError) -> Hit {
    let record = try snapshot.parts[candidate.partIndex].record(of: candidate)
    return Hit(
      record: record, weight: candidate.weight, duplicates: try duplicates(of: record),
      explanation: request.explains ? try explanation(candidate) : nil,
      sortText: request.sort.isByName ? String(decoding: candidate.sortKey, as: UTF8.self) : nil)
  }

  /// A hit lists at most so many duplicates.
  static let duplicateLimit = 100

  /// The other matches with the same content, by key.
  private func duplicates(of record: Record) throws(EngineError) -> [Record] {
    guard request.collapsesDuplicates, let hash = record.contentHash else { return [] }
    let sameContent = TermQuery.filter(.contentHash(hash))
    guard try snapshot.hasSeveral(FilterTerms.contentHash(hash)) else { return [] }
    var others = self
    others.request.collapsesDuplicates = false
    others.request.sort = .relevance
    others.request.facets = []
    let plan = Plan(.all([query, sameContent]), statistics: CollectionStatistics(), model: model)
    var records: [Record] = []
    for candidate in try others.match(plan, limit: .max).flatMap(\.candidates) {
      records.append(try snapshot.parts[candidate.partIndex].record(of: candidate))
    }
    return Array(
      records.filter { $0.key != record.key }.sorted { $0.key < $1.key }
        .prefix(Self.duplicateLimit))
  }

  private func explanation(_ candidate: Candidate) throws(EngineError) -> Explanation {
    Explanation(contributions: try contributions(of: query, to: candidate)?.list ?? [])
  }
}

extension SnapshotSearch {
  private typealias Contributions = (list: [Explanation.Contribution], weight: Double)

  /// Walks the query as the definition of its weight does.
  ///
  /// - Returns: nil where the query does not match the candidate.
  private func contributions(
    of query: TermQuery, to candidate: Candidate
  ) throws(EngineError) -> Contributions? {
    switch query {
    case .nothing: return nil
    case .everything: return ([], 0)
    case .filter: return try weigh(query, candidate).map { ([], $0.weight) }
    case .leaf(let leaf):
      guard let (weight, occurrences) = try weigh(query, candidate) else { return nil }
      let contribution = Explanation.Contribution(
        leaf: leaf.description, fields: occurrences.fields, weight: weight,
        documentFrequency: statistics.documentFrequencies[leaf.statisticsKey] ?? 0)
      return ([contribution], weight)
    case .phrase(let phrase):
      guard try weigh(query, candidate) != nil else { return nil }
      return try sum(of: phrase.leaves, to: candidate).sum
    case .all(let parts):
      let (sum, count) = try sum(of: parts, to: candidate)
      return count == parts.count ? sum : nil
    case .any(let parts):
      let (sum, count) = try sum(of: parts, to: candidate)
      return count > 0 ? sum : nil
    case .best(let parts):
      var best: Contributions?
      for part in parts {
        guard let found = try contributions(of: part, to: candidate) else { continue }
        if best.map({ found.weight > $0.weight }) ?? true { best = found }
      }
      return best
    case .excluding(let wanted, _):
      // Candidates are matches: none of them has what is unwanted at the top, and below it the
      // whole is weighed first.
      guard try weigh(query, candidate) != nil else { return nil }
      return try contributions(of: wanted, to: candidate)
    }
  }

  private func sum(
    of parts: [TermQuery], to candidate: Candidate
  ) throws(EngineError) -> (sum: Contributions, count: Int) {
    var sum: Contributions = ([], 0)
    var count = 0
    for part in parts {
      guard let found = try contributions(of: part, to: candidate) else { continue }
      sum.list += found.list
      sum.weight += found.weight
      count += 1
    }
    return (sum, count)
  }

  private func weigh(
    _ query: TermQuery, _ candidate: Candidate
  ) throws(EngineError) -> (weight: Double, occurrences: FieldOccurrences)? {
    let plan = Plan(query, statistics: statistics, model: model)
    let part = snapshot.parts[candidate.partIndex]
    return try MatchContext(plan, facets: []).withCallbacks { (callbacks) throws(EngineError) in
      try withOptions(limit: 1) { (options) throws(EngineError) in
        try part.weigh(plan, candidate.document, options, callbacks)
      }
    }
  }
}

extension Snapshot {
  fileprivate func hasSeveral(_ term: String) throws(EngineError) -> Bool {
    var count = 0
    for part in parts {
      try part.visitTerms(.exact, term) { count += $1 }
    }
    return count > 1
  }
}

extension SortOrder {
  fileprivate var shimOrder: (order: cxapian_order, ascending: Bool) {
    switch self {
    case .relevance: (.weight, true)
    case .name(let ascending): (.key, ascending)
    case .size(let ascending): (.size, ascending)
    case .modified(let ascending): (.modified, ascending)
    }
  }
}

extension MatchCount {
  fileprivate static func sum(of counts: [MatchCount]) -> MatchCount {
    let lower = counts.reduce(0) { $0 + $1.lowerBound }
    let upper = counts.reduce(0) { $0 + $1.upperBound }
    return lower == upper ? .exactly(lower) : .between(lower, upper)
  }
}
