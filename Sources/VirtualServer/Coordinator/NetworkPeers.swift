import Cascade
import Protocol
import SearchModel

/// The own index directly, and all others over mutual TLS.
struct NetworkPeers: CascadePeers {
  let own: ServerIdentifier
  let index: GatedIndex
  let client: PeerClient
  let gates: DestinationGates
  /// Where a server is; nil for one that is not known any more.
  let entry: @Sendable (ServerIdentifier) -> DirectoryEntry?
  /// Is told who has the files of a server's answer.
  var told: @Sendable ([FileSource], ServerIdentifier) -> Void = { _, _ in }

  func statistics(
    for query: Query, of server: ServerIdentifier
  ) async throws -> ServerStatistics {
    if server == own {
      return try await answering {
        ServerStatistics(try await index.statistics(for: query))
      }
    }
    let answer: StatisticsAnswer = try await send(
      .post("/v1/statistics", StatisticsRequest(query: query), isRepeatable: true), to: server)
    return ServerStatistics(answer)
  }

  func matches(
    for request: SearchRequest, believed: Revision?, of server: ServerIdentifier
  ) async throws -> MatchReply {
    if server == own {
      return try await answering {
        MatchReply(try await index.matches(for: request, believed: believed))
      }
    }
    let answer: MatchAnswer = try await send(
      .post(
        "/v1/match", MatchRequest(request: request, believed: believed), isRepeatable: true),
      to: server)
    if let sources = answer.possibleSources {
      // Where its nodes are called is known here; what it says of that counts for nothing.
      let calling = entry(server).map { CallingServer(host: $0.host, endpoint: $0.endpoint) }
      told(
        sources.map { FileSource(node: $0.node, endpoint: $0.endpoint, server: calling) }, server)
    }
    return MatchReply(answer)
  }

  /// Sends when the server has few enough requests open.
  ///
  /// - Parameter limits: of the answer's text; nil for the client's own.
  /// - Throws: `ServerFailure`, `CancellationError`.
  func send<Answer: Decodable & Sendable>(
    _ request: PeerRequest, to server: ServerIdentifier, limits: JSONLimits? = nil
  ) async throws -> Answer {
    guard let entry = entry(server) else {
      throw ServerFailure.unreachable("It is not known any more.")
    }
    do {
      return try await gates.run(server) {
        try await client.exchange(
          request,
          with: .network(host: entry.endpoint.address, port: Int(entry.endpoint.port)),
          expecting: try .nodeNamed(PeerName(entry.host))
        ) { try await $0.message(limits: limits) }
      }
    } catch let problem as ProblemDocument {
      throw ServerFailure.refused(problem.detail)
    } catch let error as PeerClientError {
      throw ServerFailure(error)
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      // What came is no such message.
      throw ServerFailure.refused("\(error)")
    }
  }

  private func answering<Value>(_ work: () async throws -> Value) async throws -> Value {
    do {
      return try await work()
    } catch let problem as ProblemDocument {
      throw ServerFailure.refused(problem.detail)
    }
  }
}

extension ServerFailure {
  fileprivate init(_ error: PeerClientError) {
    switch error {
    case .unintelligible, .certificate: self = .refused("\(error)")
    case .unreachable, .handshakeRefused, .timedOut, .connectionLost, .shutDown:
      self = .unreachable("\(error)")
    }
  }
}

extension ServerStatistics {
  init(_ answer: StatisticsAnswer) {
    self.init(revision: answer.revision, statistics: answer.statistics)
  }
}

extension MatchAnswer {
  /// What may be true of what a server says of sources: nodes of which it sends a record.
  var possibleSources: [FileSource]? {
    guard let sources else { return nil }
    let owners = Set(answer.records.compactMap { KeySpace.prefix(of: $0.key) })
    let possible = sources.prefix(owners.count).filter { source in
      owners.contains(KeySpace(of: source.node).prefix)
        && source.endpoint.map { $0.port != 0 && $0.address.utf8.count <= 64 } ?? true
    }
    return possible.isEmpty ? nil : possible
  }
}

extension MatchReply {
  fileprivate init(_ answer: MatchAnswer) {
    self.init(answer: answer.answer, statistics: answer.statistics.map(ServerStatistics.init))
  }
}
