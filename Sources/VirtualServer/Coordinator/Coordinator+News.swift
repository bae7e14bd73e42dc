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
    let servers = servers(in: scope)
    let asked = servers.filter { !isProvenEmpty($0, for: request.query) }
    let peers = peers()
    var answer = NewsAnswer(changed: [], watchedCount: servers.count, missingCount: 0)
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
      while openCount > 0, let ended = await group.next(), let (server, changes) = ended {
        openCount -= 1
        answer.take(changes, of: server)
        askNext()
      }
      answer.missingCount += openCount
      group.cancelAll()
    }
    try Task.checkCancellation()
    fetchFilters(of: servers.dropFirst().map { $0 })
    answer.changed.sort { $0.group < $1.group }
    return answer
  }
}

extension NewsAnswer {
  fileprivate mutating func take(_ changes: ChangesAnswer?, of server: ServerIdentifier) {
    guard let changes else {
      missingCount += 1
      return
    }
    guard let records = changes.records else { return }
    changed.append(
      Group(
        group: server.number, revision: changes.revision, records: records, isCut: changes.isCut))
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
    return answer
  }
}
