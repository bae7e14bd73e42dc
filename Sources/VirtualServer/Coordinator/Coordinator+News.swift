import Cascade
import Protocol
import SearchModel

/// Standing queries: what matches now that did not before. A virtual server whose index has not
/// changed answers with that alone, and one that is proven empty is not asked.
extension Coordinator {
  /// - Parameter deadline: what has come by then counts; who has not answered is asked again with the
  ///   next request.
  /// - Throws: `CancellationError` when nobody waits any more.
  func news(
    _ request: NewsRequest, for asker: Asker, scope: SearchScope,
    until deadline: ContinuousClock.Instant
  ) async throws -> NewsAnswer {
    let (servers, paused) = servers(in: scope)
    let asked = servers.filter { !isProvenEmpty($0, for: request.query, by: asker) }
    let peers = peers(for: asker)
    var basket = NewsBasket(watchedCount: servers.count + paused.count)
    // Nobody knows what is new there, as with those that are asked and do not answer.
    basket.miss(paused.count { !isProvenEmpty($0, for: request.query, by: asker) })
    let asking = AskingMany(servers: asked, deadline: deadline)
    let openCount = await asking.run { server in
      try await peers.changes(
        ChangesRequest(
          query: request.query, known: request.known[server.description],
          mandate: peers.mandate(server)), of: server)
    } take: { server, changes in
      basket.take(changes, of: server)
      return !basket.isFull
    }
    basket.miss(openCount)
    try Task.checkCancellation()
    fetchFilters(of: servers.dropFirst().map { $0 })
    return basket.answer
  }
}

extension NetworkPeers {
  /// - Throws: as ``statistics(for:of:)``.
  func changes(
    _ request: ChangesRequest, of server: ServerIdentifier
  ) async throws -> ChangesAnswer {
    if server == own { return try await index.changes(request, by: asker.viewer) }
    let answer: ChangesAnswer = try await send(
      .post("/v1/changes", request, isRepeatable: true), to: server)
    learn(server, request.mandate, answer.view)
    if let records = answer.records, records.count > NewsLimits.matchCount {
      throw ServerFailure.refused("It sends more than it may.")
    }
    for record in answer.records ?? [] {
      if let problem = record.problemAsAnswer { throw ServerFailure.refused(problem) }
    }
    return answer
  }
}
