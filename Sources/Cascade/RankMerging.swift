public import RouterBands
public import SearchModel

/// The hits of one virtual server, in the request's order.
public struct RankedList: Sendable {
  public var server: ServerIdentifier
  public var nearness: Nearness
  public var hits: [Hit]

  public init(server: ServerIdentifier, nearness: Nearness, hits: [Hit]) {
    self.server = server
    self.nearness = nearness
    self.hits = hits
  }
}

/// The seam of how several rankings become one.
///
/// Every implementation keeps to these, which `RankMergingConformance` in the tests checks: the
/// result does not depend on the order of the lists; every hit is of one of them; no key comes twice;
/// what has the same content is one hit where the request asks for that, with all other records of
/// it as duplicates, nearest first; a page continues the page before it.
public protocol RankMerging: Sendable {
  /// - Parameter lists: of different servers, each with the best `offset + limit` of its hits at
  ///   least, as far as it has so many.
  /// - Returns: the page that the request asks for.
  func merge(_ lists: [RankedList], for request: SearchRequest) -> [MergedHit]
}

/// One hit of one list, with what it is ordered by.
struct MergeCandidate {
  var hit: Hit
  var server: ServerIdentifier
  var nearness: Nearness

  /// Puts the first of its copies in the place of a record that is known.
  ///
  /// - Returns: false when all of them are.
  mutating func dropRecords(in known: Set<RecordKey>) -> Bool {
    guard known.contains(hit.record.key) else { return true }
    let others = hit.duplicates.filter { !known.contains($0.key) }
    guard let first = others.first else { return false }
    hit.record = first
    hit.duplicates = Array(others.dropFirst())
    return true
  }
}

enum Folding {
  /// A hit lists at most so many duplicates, as in one index.
  static let duplicateLimit = 100

  /// Takes ordered candidates to hits: a key that comes again is left out, and content that comes
  /// again becomes a duplicate of the first.
  static func fold(_ ordered: [MergeCandidate], collapsesDuplicates: Bool) -> [MergedHit] {
    var hits: [OpenHit] = []
    hits.reserveCapacity(ordered.count)
    var placeOfHash: [ContentHash: Int] = [:]
    var seen: Set<RecordKey> = []
    for var candidate in ordered {
      let hash = collapsesDuplicates ? candidate.hit.record.contentHash : nil
      if let hash, let place = placeOfHash[hash] {
        hits[place].add(candidate, besideFirst: true, seen: &seen)
        continue
      }
      // An older version of a record that stands already: its copies are files all the same.
      guard candidate.dropRecords(in: seen) else { continue }
      seen.insert(candidate.hit.record.key)
      if let hash { placeOfHash[hash] = hits.count }
      var open = OpenHit(first: candidate)
      open.add(candidate, besideFirst: false, seen: &seen)
      hits.append(open)
    }
    return hits.map(\.closed)
  }

  /// A hit whose duplicates are still being collected.
  private struct OpenHit {
    let first: MergeCandidate
    var others: [(record: Record, nearness: Nearness, server: ServerIdentifier)] = []

    init(first: MergeCandidate) {
      self.first = first
    }

    mutating func add(
      _ candidate: MergeCandidate, besideFirst: Bool, seen: inout Set<RecordKey>
    ) {
      let own = besideFirst ? [candidate.hit.record] : []
      for record in own + candidate.hit.duplicates where seen.insert(record.key).inserted {
        others.append((record, candidate.nearness, candidate.server))
      }
    }

    var closed: MergedHit {
      var merged = MergedHit(hit: first.hit, origins: [first.hit.record.key: first.server])
      merged.setDuplicates(others)
      return merged
    }
  }
}

extension MergedHit {
  /// The hit with those records of the lists as further duplicates that have its content.
  func adding(
    copiesIn lists: [RankedList], nearness: (ServerIdentifier) -> Nearness?
  ) -> MergedHit {
    guard let hash = hit.record.contentHash else { return self }
    let found = lists.flatMap { list in
      list.hits.filter { $0.record.contentHash == hash }.map { ($0.record, list.server) }
    }
    guard !found.isEmpty else { return self }
    var seen: Set<RecordKey> = [hit.record.key]
    let known = hit.duplicates.compactMap { record in
      origins[record.key].map { (record, $0) }
    }
    var copies: [(record: Record, nearness: Nearness, server: ServerIdentifier)] = []
    for (record, server) in known + found where seen.insert(record.key).inserted {
      if let nearness = nearness(server) { copies.append((record, nearness, server)) }
    }
    var result = self
    result.setDuplicates(copies)
    return result
  }

  /// Nearest first, then by key, as many as a hit may have.
  mutating func setDuplicates(
    _ copies: [(record: Record, nearness: Nearness, server: ServerIdentifier)]
  ) {
    let kept = copies.sorted { ($0.nearness, $0.record.key) < ($1.nearness, $1.record.key) }
      .prefix(Folding.duplicateLimit)
    hit.duplicates = kept.map(\.record)
    origins = origins.filter { $0.key == hit.record.key }
    for copy in kept { origins[copy.record.key] = copy.server }
  }
}

extension [MergedHit] {
  func page(of request: SearchRequest) -> [MergedHit] {
    Array(dropFirst(Swift.max(0, request.offset)).prefix(Swift.max(0, request.limit)))
  }
}
