public import SearchModel

/// What happens to a search.
public enum CascadeEvent: Sendable {
  case began
  /// Statistics that were asked for.
  case statistics(AskNumber, ServerStatistics)
  /// Matches that were asked for.
  case matches(AskNumber, MatchReply)
  case failed(AskNumber, ServerFailure)
  /// Time passed; see ``CascadeMachine/nextWake``.
  case woke
}

/// What is to be done for a search, in this order.
public enum CascadeAction: Sendable {
  /// Answer with ``CascadeEvent/statistics(_:_:)`` or ``CascadeEvent/failed(_:_:)``.
  case askStatistics(AskNumber, ServerIdentifier)
  /// Answer with ``CascadeEvent/matches(_:_:)`` or ``CascadeEvent/failed(_:_:)``. `believed` is the
  /// revision that the sum of statistics counts on: a server that has another says so and sends its
  /// statistics.
  case askMatches(AskNumber, ServerIdentifier, SearchRequest, believed: Revision?)
  /// Nobody waits for this any more.
  case cancel(AskNumber)
  /// A better answer than the one before, though not yet the last.
  case improve(CascadeAnswer)
  /// The last answer. Nothing comes after it.
  case finish(CascadeAnswer)
}

/// Tells the questions of one search apart.
public struct AskNumber: Hashable, Sendable, Comparable {
  let value: Int

  public static func < (left: AskNumber, right: AskNumber) -> Bool { left.value < right.value }
}
