public import SearchModel

/// `POST /v1/search`: a search for a node of the group, by the group's coordinator.
public struct GroupSearchRequest: Hashable, Sendable, Codable {
  public var request: SearchRequest
  /// Whether only what matches all of the query is wanted, spelled as it is.
  public var isStrict: Bool
  /// `group`, `band`, `nearest` or `everywhere`.
  public var scope: String
  /// Milliseconds after which what is there is the answer.
  public var deadline: Int64

  /// The design's.
  public static let standardDeadline: Int64 = 2_000

  public init(
    request: SearchRequest, isStrict: Bool = false, scope: String = "nearest",
    deadline: Int64 = standardDeadline
  ) {
    self.request = request
    self.isStrict = isStrict
    self.scope = scope
    self.deadline = deadline
  }
}

/// How large a page a group gives.
public enum GroupPage {
  /// Hits of one page.
  public static let hitCount = 1_000
  /// The hit that it ends with at the latest.
  public static let lastHit = 10_000
}

/// A line of the answer to a ``GroupSearchRequest``: each is whole, and better than the one before.
public struct GroupSearchAnswer: Hashable, Sendable, Codable {
  public var group: UInt64
  public var epoch: UInt64
  /// Whether no better one follows.
  public var isLast: Bool
  public var answer: RelaxedAnswer
  /// For words that match nothing: spellings near them, nearest first.
  public var spellings: [String: [String]]
  /// How many records the own group's index holds.
  public var recordCount: Int
  /// Nodes of the own group whose records are not all in its index yet, so that an answer can say so.
  public var incompleteNodes: [String]
  public var coverage: CascadeCoverage

  public init(
    group: UInt64, epoch: UInt64, isLast: Bool, answer: RelaxedAnswer,
    spellings: [String: [String]] = [:], recordCount: Int, incompleteNodes: [String] = [],
    coverage: CascadeCoverage
  ) {
    self.group = group
    self.epoch = epoch
    self.isLast = isLast
    self.answer = answer
    self.spellings = spellings
    self.recordCount = recordCount
    self.incompleteNodes = incompleteNodes
    self.coverage = coverage
  }
}

/// Which virtual servers an answer covers, and how it came about.
public struct CascadeCoverage: Hashable, Sendable, Codable {
  /// One virtual server that the search came to.
  public struct Server: Hashable, Sendable, Codable {
    public var group: UInt64
    /// The node that it runs on.
    public var host: String
    /// The band's key.
    public var band: String
    /// 0 for the own group, 1 for the others of the band, then outward.
    public var ring: Int
    public var outcome: Completeness.Outcome
    /// Why it did not answer; nil where that needs no words.
    public var reason: String?
    /// Milliseconds from the last question to its answer.
    public var roundTrip: Double?
    /// How many messages it was sent; 0 for the own group, which needs none.
    public var messageCount: Int

    public init(
      group: UInt64, host: String, band: String, ring: Int, outcome: Completeness.Outcome,
      reason: String? = nil, roundTrip: Double? = nil, messageCount: Int = 0
    ) {
      self.group = group
      self.host = host
      self.band = band
      self.ring = ring
      self.outcome = outcome
      self.reason = reason
      self.roundTrip = roundTrip
      self.messageCount = messageCount
    }
  }

  public var scope: String
  public var completeness: Completeness
  /// Nearest first.
  public var servers: [Server]
  /// Whether the weights are those of one index over all that answered.
  public var isExact: Bool
  /// Milliseconds from the search's arrival.
  public var elapsed: Double
  /// For each record of the page and its duplicates the group whose index has it, by key.
  public var origins: [String: UInt64]
  /// The nodes that have the files of the page and their duplicates: which of them has which record,
  /// the record's key says (``FileSource/mayHave(_:)``). Nil where none is known.
  public var sources: [FileSource]?

  public init(
    scope: String, completeness: Completeness, servers: [Server], isExact: Bool, elapsed: Double,
    origins: [String: UInt64] = [:], sources: [FileSource]? = nil
  ) {
    self.scope = scope
    self.completeness = completeness
    self.servers = servers
    self.isExact = isExact
    self.elapsed = elapsed
    self.origins = origins
    self.sources = sources
  }
}
