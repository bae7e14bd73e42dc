public import SearchModel

/// `POST /v1/changes`: between virtual servers, what matches a query, unless nothing has changed.
public struct ChangesRequest: Hashable, Sendable, Codable {
  public var query: Query
  /// The revision that the asker has the matches of; nil for none.
  public var known: Revision?
  /// In whose name is asked; nil for nobody's.
  public var mandate: Mandate?

  public init(query: Query, known: Revision?, mandate: Mandate? = nil) {
    self.query = query
    self.known = known
    self.mandate = mandate
  }
}

/// The answer to a ``ChangesRequest``, of one index alone.
public struct ChangesAnswer: Hashable, Sendable, Codable {
  public var revision: Revision
  /// The matches, last changed first, at most ``NewsLimits/matchCount``; nil where the asker has
  /// them.
  public var records: [Record]?
  /// Whether more match than are sent.
  public var isCut: Bool
  /// Nil where everyone may see everything.
  public var view: ViewNote?

  public init(
    revision: Revision, records: [Record]?, isCut: Bool = false, view: ViewNote? = nil
  ) {
    self.revision = revision
    self.records = records
    self.isCut = isCut
    self.view = view
  }
}

/// `POST /v1/news`: a node of the group has a query that it asks again and again, for what is new.
public struct NewsRequest: Hashable, Sendable, Codable {
  public var query: Query
  /// `group`, `band`, `nearest` (the same as `everywhere`) or `everywhere`.
  public var scope: String
  /// By group: the revisions that the node has the matches of.
  public var known: [String: Revision]
  /// For the coordinator to ask others with; nil lets it ask for what everyone may see.
  public var mandate: Mandate?

  public init(query: Query, scope: String, known: [String: Revision], mandate: Mandate? = nil) {
    self.mandate = mandate
    self.query = query
    self.scope = scope
    self.known = known
  }
}

/// The answer to a ``NewsRequest``.
public struct NewsAnswer: Hashable, Sendable, Codable {
  /// What one group has that has changed.
  public struct Group: Hashable, Sendable, Codable {
    public var group: UInt64
    public var revision: Revision
    public var records: [Record]
    public var isCut: Bool

    public init(group: UInt64, revision: Revision, records: [Record], isCut: Bool) {
      self.group = group
      self.revision = revision
      self.records = records
      self.isCut = isCut
    }
  }

  /// Groups without a change since the revisions that were known are left out.
  public var changed: [Group]
  /// How many virtual servers were asked or proven empty, and how many did not answer.
  public var watchedCount: Int
  public var missingCount: Int

  public init(changed: [Group], watchedCount: Int, missingCount: Int) {
    self.changed = changed
    self.watchedCount = watchedCount
    self.missingCount = missingCount
  }
}

/// How much news is sent.
public enum NewsLimits {
  /// Of one group; of a query that matches more, the last changed ones are watched.
  public static let matchCount = 1_000
}
