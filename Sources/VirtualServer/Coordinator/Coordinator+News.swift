import Cascade
import Protocol
import SearchModel

/// Standing queries: what matches now that did not before. A virtual server whose index has not
/// changed answers with that alone, and one that is proven empty is not asked.
extension Coordinator {
  private static let concurrentAsks = 32

  /// - Parameter deadline: what has come by then counts; who has not answered is asked again with the
  ///   next request.
  /// - Throws: `CancellationError` when nobody waits any more.
  func news(
    _ request: NewsRequest, scope: SearchScope, until deadline: ContinuousClock.Instant
  ) async throws -> NewsAnswer {
    let (servers, paused) = servers(in: scope)
    let asked = servers.filter { !isProvenEmpty($0, for: request.query) }
    let peers = peers()
    var basket = NewsBasket(watchedCount: servers.count + paused.count)
    // Nobody knows what is new there, as with those that are asked and do not answer.
    basket.miss(paused.count { !isProvenEmpty($0, for: request.query) })
    await withTaskGroup(of: (ServerIdentifier, ChangesAnswer?)?.self) { group in
      group.addTask {
        // The one thing to wait for beside the answers; cancelled with the last of them.
        try? await Task.sleep(until: deadline, clock: .continuous)
        return nil
      }
      var waiting = asked.makeIterator()
      func askNext() {
        guard let server = waiting.next() else { return }
        let message = ChangesRequest(
          query: request.query, known: request.known[server.description])
        group.addTask { (server, try? await peers.changes(message, of: server)) }
      }
      for _ in 0..<Self.concurrentAsks { askNext() }
      var openCount = asked.count
      while openCount > 0, !basket.isFull, let ended = await group.next(),
        let (server, changes) = ended
      {
        openCount -= 1
        basket.take(changes, of: server)
        askNext()
      }
      basket.miss(openCount)
      group.cancelAll()
    }
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
    if server == own { return try await index.changes(request) }
    let answer: ChangesAnswer = try await send(
      .post("/v1/changes", request, isRepeatable: true), to: server)
    if let records = answer.records, records.count > NewsLimits.matchCount {
      throw ServerFailure.refused("It sends more than it may.")
    }
    for record in answer.records ?? [] {
      if let problem = record.problemAsAnswer { throw ServerFailure.refused(problem) }
    }
    return answer
  }
}
