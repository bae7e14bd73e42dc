/// One search of one engine.
public struct SearchRequest: Hashable, Sendable, Codable {
  public var query: Query

  /// How many hits to return at most, after `offset`.
  public var limit: Int
  public var offset: Int

  public var sort: SortOrder

  /// Whether records of the same content are one hit, with the others as its further sources.
  public var collapsesDuplicates: Bool

  /// Which facets to count over *all* matches; empty for none. Counting visits every match, so a
  /// search with facets is slower.
  public var facets: Set<Facet>

  /// The statistics to weigh by; nil for the engine's own. With the sum of several engines'
  /// statistics the weights of their answers can be compared.
  public var statistics: CollectionStatistics?

  /// Whether every hit carries an ``Explanation``.
  public var explains: Bool

  public init(
    query: Query, limit: Int = 10, offset: Int = 0, sort: SortOrder = .relevance,
    collapsesDuplicates: Bool = true, facets: Set<Facet> = [],
    statistics: CollectionStatistics? = nil, explains: Bool = false
  ) {
    self.query = query
    self.limit = limit
    self.offset = offset
    self.sort = sort
    self.collapsesDuplicates = collapsesDuplicates
    self.facets = facets
    self.statistics = statistics
    self.explains = explains
  }
}

/// The order of an answer. What is equal under it is ordered by weight (heaviest first), then by
/// record key, so that an answer's order never depends on chance.
public enum SortOrder: Hashable, Sendable, Codable {
  case relevance
  case name(ascending: Bool)
  case size(ascending: Bool)
  case modified(ascending: Bool)

  /// Whether hits are ordered by their names, in either direction.
  public var isByName: Bool {
    if case .name = self { true } else { false }
  }
}

/// Something that matches can be counted by.
public enum Facet: String, Hashable, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
  case type
  case fileExtension
  case owner
  case folder
  case year
}
