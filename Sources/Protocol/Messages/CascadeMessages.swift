public import SearchModel

/// What virtual servers ask each other. Each answers of its own index alone and asks nobody else, so
/// that no two can send each other round in a circle.

/// `POST /v1/statistics`: what a merged ranking must know of the index.
public struct StatisticsRequest: Hashable, Sendable, Codable {
  public var query: Query

  public init(query: Query) {
    self.query = query
  }
}

/// The answer to a ``StatisticsRequest``; also part of a ``MatchAnswer``.
public struct StatisticsAnswer: Hashable, Sendable, Codable {
  public var revision: Revision
  public var statistics: CollectionStatistics

  public init(revision: Revision, statistics: CollectionStatistics) {
    self.revision = revision
    self.statistics = statistics
  }
}

/// `POST /v1/match`: the best hits, weighed by the statistics that the request carries.
public struct MatchRequest: Hashable, Sendable, Codable {
  public var request: SearchRequest
  /// The revision that the statistics count on; nil where they need not be right.
  public var believed: Revision?

  public init(request: SearchRequest, believed: Revision?) {
    self.request = request
    self.believed = believed
  }
}

/// The answer to a ``MatchRequest``.
public struct MatchAnswer: Hashable, Sendable, Codable {
  public var answer: SearchAnswer
  /// Where the index has another revision than was believed.
  public var statistics: StatisticsAnswer?
  /// The nodes that have the answer's files, each once; nil where none is known.
  public var sources: [FileSource]?

  public init(
    answer: SearchAnswer, statistics: StatisticsAnswer? = nil, sources: [FileSource]? = nil
  ) {
    self.answer = answer
    self.statistics = statistics
    self.sources = sources
  }
}

/// `POST /v1/spellings`: words of the index that are spelled like another.
public struct SpellingsRequest: Hashable, Sendable, Codable {
  public var word: String
  public var limit: Int

  public init(word: String, limit: Int) {
    self.word = word
    self.limit = limit
  }
}

/// `POST /v1/filter`: the filter of the index's terms.
public struct FilterRequest: Hashable, Sendable, Codable {
  /// The revision of the filter that the asker has; nil for none.
  public var known: Revision?

  public init(known: Revision?) {
    self.known = known
  }
}

/// The answer to a ``FilterRequest``.
public struct FilterAnswer: Hashable, Sendable, Codable {
  public var revision: Revision
  /// The encoded filter in Base64; nil where the asker has it, or where it is too large.
  public var filter: String?
  /// Milliseconds since the index had this revision for certain.
  public var age: Int64
  /// Whether the index has more terms than a filter may hold: there is none, and there will be none
  /// soon.
  public var isTooLarge: Bool

  public init(revision: Revision, filter: String?, age: Int64, isTooLarge: Bool = false) {
    self.revision = revision
    self.filter = filter
    self.age = age
    self.isTooLarge = isTooLarge
  }

  /// Older virtual servers do not say whether a filter is too large, and offer every one.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    revision = try container.decode(Revision.self, forKey: .revision)
    filter = try container.decodeIfPresent(String.self, forKey: .filter)
    age = try container.decode(Int64.self, forKey: .age)
    isTooLarge = try container.decodeIfPresent(Bool.self, forKey: .isTooLarge) ?? false
  }
}
