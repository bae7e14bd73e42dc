public import Protocol

/// Whether others can connect to this machine: what those found who were asked to try.
public struct ReachabilityReport: Hashable, Sendable, Codable {
  public struct Attempt: Hashable, Sendable, Codable {
    public enum Witness: String, Hashable, Sendable, Codable {
      case centralServer
      /// That of the machine's own group, which may stand nearer than others.
      case virtualServer
    }

    public var witness: Witness
    /// Nil where it could not be asked.
    public var answer: ReachabilityAnswer?
    /// Why not.
    public var problem: String?
  }

  /// Where the machine listens.
  public var port: UInt16
  /// Whether the virtual server is this machine's own, which says nothing of the way to it.
  public var hasOwnServer: Bool
  public var attempts: [Attempt]

  /// What `witness` found; nil where it could not be asked.
  public func answer(of witness: Attempt.Witness) -> ReachabilityAnswer? {
    attempts.first { $0.witness == witness }?.answer
  }
}

extension NetworkNode {
  /// Has the central server and the virtual server try to connect to this machine.
  ///
  /// - Throws: ``Protocol/ProblemDocument`` where the machine does not listen.
  func reachability() async throws -> ReachabilityReport {
    guard let port = filePort else {
      throw ProblemDocument.noWay("This machine does not listen for others.")
    }
    let request = ReachabilityRequest(port: port)
    async let fromCentral = attempt(.centralServer) { [central] in
      try await central.reachability(request, within: .seconds(12))
    }
    guard let server, !server.isOwn else {
      return ReachabilityReport(
        port: port, hasOwnServer: server != nil, attempts: [await fromCentral])
    }
    async let fromServer = attempt(.virtualServer) { [client] in
      var asking = try PeerRequest.post("/v1/reachability", request)
      asking.timeLimit = .seconds(12)
      return try await client.send(
        asking, to: .of(server), expecting: .host(of: server), as: ReachabilityAnswer.self)
    }
    return ReachabilityReport(
      port: port, hasOwnServer: false, attempts: [await fromCentral, await fromServer])
  }

  private func attempt(
    _ witness: ReachabilityReport.Attempt.Witness,
    _ ask: @Sendable () async throws -> ReachabilityAnswer
  ) async -> ReachabilityReport.Attempt {
    do {
      return .init(witness: witness, answer: try await ask(), problem: nil)
    } catch {
      return .init(witness: witness, answer: nil, problem: "\(error)")
    }
  }
}
