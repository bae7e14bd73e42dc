public import SearchModel

/// One ranking over the virtual servers that answered, and what it covers.
public struct CascadeAnswer: Sendable, Hashable {
  /// The page, best first.
  public var hits: [MergedHit]

  /// Over all that answered.
  public var matchCount: MatchCount
  public var facets: [Facet: [FacetCount]]
  public var completeness: Completeness

  /// Whether the weights are those that one index holding the records of all that answered would
  /// give. They are not where a server that the statistics count did not answer before the
  /// deadline, where one published while it was being asked, or where one that became slow is there
  /// with what it answered before.
  public var isExact: Bool

  /// What became of each server that the search came to, nearest first.
  public var reports: [ServerReport]
}

/// A hit of several virtual servers' lists.
public struct MergedHit: Sendable, Hashable {
  /// Its duplicates stand nearest first, then by key.
  public var hit: Hit

  /// Where each of its records is indexed.
  public var origins: [RecordKey: ServerIdentifier]

  public init(hit: Hit, origins: [RecordKey: ServerIdentifier]) {
    self.hit = hit
    self.origins = origins
  }
}

/// What became of one virtual server in a search.
public struct ServerReport: Sendable, Hashable {
  public var identifier: ServerIdentifier
  /// 0 for one's own, 1 for the others of the band, then outward.
  public var ring: Int
  public var outcome: Completeness.Outcome
  /// Why it did not answer, for people; nil where that needs no words.
  public var reason: String?
  /// From the last question to its answer; nil where none came.
  public var roundTrip: Duration?
  /// How long the last question was waited for in vain; nil where it was answered.
  public var waited: Duration?
  /// How many messages it was sent.
  public var askCount: Int
  /// How long ago the filter was right that proves that it holds no match; nil unless pruned.
  public var proofAge: Duration?
}
