import Cascade
import SearchModel

/// How a cascade reaches the virtual servers that it asks.
protocol CascadePeers: Sendable {
  /// - Throws: `ServerFailure`; `CancellationError` when nobody waits any more.
  func statistics(
    for query: Query, of server: ServerIdentifier
  ) async throws -> ServerStatistics

  /// - Parameter believed: the revision that the request's statistics count on.
  /// - Throws: as ``statistics(for:of:)``.
  func matches(
    for request: SearchRequest, believed: Revision?, of server: ServerIdentifier
  ) async throws -> MatchReply
}
