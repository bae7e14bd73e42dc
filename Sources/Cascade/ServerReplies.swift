public import SearchModel

/// A virtual server's statistics for one query, and the revision of its index that they are of.
public struct ServerStatistics: Hashable, Sendable, Codable {
  public var revision: Revision
  public var statistics: CollectionStatistics
  /// Whether they count what only the one may see for whom was asked.
  public var isPersonal: Bool

  public init(revision: Revision, statistics: CollectionStatistics, isPersonal: Bool = false) {
    self.revision = revision
    self.statistics = statistics
    self.isPersonal = isPersonal
  }
}

/// A virtual server's matches, weighed by the statistics that were handed to it.
public struct MatchReply: Hashable, Sendable {
  /// At most the hits that were asked for, in the request's order. Its revision is the one that was
  /// searched.
  public var answer: SearchAnswer

  /// Its statistics for the query, where the index has another revision than who asked believed.
  public var statistics: ServerStatistics?

  public init(answer: SearchAnswer, statistics: ServerStatistics? = nil) {
    self.answer = answer
    self.statistics = statistics
  }
}

/// Why a virtual server has no part in an answer.
public enum ServerFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// It could not be reached, or the connection ended.
  case unreachable(String)
  /// It would not answer, or its answer cannot be true.
  case refused(String)
  /// It took longer than the search.
  case timedOut

  public var description: String {
    switch self {
    case .unreachable(let reason), .refused(let reason): reason
    case .timedOut: "It did not answer in time."
    }
  }

  public var outcome: Completeness.Outcome {
    switch self {
    case .unreachable: .unreachable
    case .refused: .refused
    case .timedOut: .timedOut
    }
  }
}
