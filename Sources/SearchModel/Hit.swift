/// One line of an answer: a file that matches, and everyone known to have it.
public struct Hit: Hashable, Sendable, Codable {
  /// The record as the engine stores it; its `text` is empty.
  public var record: Record

  /// Higher is better; finite and not negative. Comparable between engines only when they were
  /// given the same statistics.
  public var weight: Double

  /// Further records with the same content, by key. Empty unless duplicates were collapsed.
  public var duplicates: [Record]

  /// Nil unless the request asked for it.
  public var explanation: Explanation?

  /// What the hit was ordered by when the request sorts by name, so that lists of several engines
  /// can be merged: its UTF-8 bytes compare as the names do. Nil in every other order.
  public var sortText: String?

  public init(
    record: Record, weight: Double, duplicates: [Record] = [], explanation: Explanation? = nil,
    sortText: String? = nil
  ) {
    self.record = record
    self.weight = weight
    self.duplicates = duplicates
    self.explanation = explanation
    self.sortText = sortText
  }
}

/// Why a record matched, leaf by leaf. The contributions add up to the hit's weight.
public struct Explanation: Hashable, Sendable, Codable {
  public struct Contribution: Hashable, Sendable, Codable {
    /// The leaf's description, for example `report` or `name:rep*`.
    public var leaf: String
    /// Where it was found.
    public var fields: [Field]
    public var weight: Double
    /// The number of records that the leaf matches, by the statistics used.
    public var documentFrequency: Int

    public init(leaf: String, fields: [Field], weight: Double, documentFrequency: Int) {
      self.leaf = leaf
      self.fields = fields
      self.weight = weight
      self.documentFrequency = documentFrequency
    }
  }

  public var contributions: [Contribution]

  public init(contributions: [Contribution]) {
    self.contributions = contributions
  }
}

/// What one engine found.
public struct SearchAnswer: Hashable, Sendable, Codable {
  /// At most the request's limit, in the request's order.
  public var hits: [Hit]

  /// How many records match in all (before duplicates are collapsed).
  public var matchCount: MatchCount

  /// For each facet asked for, the values and how many matches have each; by count, then value.
  public var facets: [Facet: [FacetCount]]

  /// The revision that was searched.
  public var revision: Revision

  public init(
    hits: [Hit], matchCount: MatchCount, facets: [Facet: [FacetCount]] = [:], revision: Revision
  ) {
    self.hits = hits
    self.matchCount = matchCount
    self.facets = facets
    self.revision = revision
  }
}

extension SearchAnswer {
  /// Those of the hits and their duplicates.
  public var records: [Record] { hits.flatMap { [$0.record] + $0.duplicates } }
}

/// A number of matches, and whether it was counted or bounded: an engine that may stop early knows
/// only bounds.
public enum MatchCount: Hashable, Sendable, Codable {
  case exactly(Int)
  case between(Int, Int)

  /// The smallest number that is certain.
  public var lowerBound: Int {
    switch self {
    case .exactly(let count): count
    case .between(let lower, _): lower
    }
  }

  /// The largest number that is possible.
  public var upperBound: Int {
    switch self {
    case .exactly(let count): count
    case .between(_, let upper): upper
    }
  }
}

public struct FacetCount: Hashable, Sendable, Codable {
  public var value: String
  public var count: Int

  public init(value: String, count: Int) {
    self.value = value
    self.count = count
  }
}
