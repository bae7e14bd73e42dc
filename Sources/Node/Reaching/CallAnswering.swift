public import Protocol

/// Waits at the node's virtual server for calls of those who cannot connect to it, opens a tunnel to
/// each and serves through it.
public actor CallAnswering {
  private let client: PeerClient
  private let serve: @Sendable (TunnelPipe) async -> Void
  private var server: CallingServer?
  private var listening: Task<Void, Never>?
  private var places = TunnelPlaces()

  private static let patience: Duration = .seconds(6)

  /// - Parameter serve: serves through a tunnel until it ends.
  public init(client: PeerClient, serve: @escaping @Sendable (TunnelPipe) async -> Void) {
    self.client = client
    self.serve = serve
  }

  deinit { listening?.cancel() }

  /// Waits there from now on; nil for nowhere. Tunnels that are open stay so.
  public func use(_ server: CallingServer?) {
    guard server != self.server else { return }
    self.server = server
    listening?.cancel()
    listening = server.map { server in Task { await self.listen(at: server) } }
  }

  private func listen(at server: CallingServer) async {
    var failures = 0
    while !Task.isCancelled {
      do {
        try await client.exchange(
          .get(CallPath.calls), with: server.destination, expecting: server.expected
        ) { response in
          try await response.messages(CallLine.self) { line in
            if let call = line.call { await self.take(call, from: server) }
          }
        }
        failures = 0
      } catch {
        failures += 1
      }
      let wait = min(0.25 * Double(1 << min(failures, 6)), 15)
      // With some chance, so that not all nodes of a group come at once.
      try? await Task.sleep(for: .seconds(wait * Double.random(in: 0.7...1)))
    }
  }

  private func take(_ call: Call, from server: CallingServer) {
    let user = call.caller.user
    do throws(TunnelPlaces.Refusal) {
      try places.take(for: user)
    } catch {
      let outcome = CallOutcome(number: call.number, problem: ProblemDocument(error))
      Task { await tell(outcome, server) }
      return
    }
    Task {
      await answer(call, from: server)
      places.leave(user)
    }
  }

  private func answer(_ call: Call, from server: CallingServer) async {
    let pipe: TunnelPipe
    do {
      pipe = try await open(call, from: server)
    } catch {
      // The same words whatever went wrong: more would tell the virtual server what it can find, from
      // here, where it sends this node.
      await tell(CallOutcome(number: call.number, problem: .notConnected), server)
      return
    }
    await tell(CallOutcome(number: call.number), server)
    await serve(pipe)
    pipe.close()
  }

  private func open(_ call: Call, from server: CallingServer) async throws -> TunnelPipe {
    switch call.meeting {
    case .caller(let endpoint):
      guard CallBackRule.allows(endpoint.address, from: server.endpoint.address) else {
        throw ProblemDocument.notConnected
      }
      return try await client.openTunnel(
        CallPath.tunnel(call.token),
        at: .network(host: endpoint.address, port: Int(endpoint.port)),
        expecting: .node(call.caller), within: Self.patience)
    case .relay:
      return try await client.openTunnel(
        CallPath.relay(call.token), at: server.destination, expecting: server.expected,
        within: Self.patience)
    }
  }

  private func tell(_ outcome: CallOutcome, _ server: CallingServer) async {
    guard let request = try? PeerRequest.post(CallPath.outcome, outcome, isRepeatable: true) else {
      return
    }
    // A virtual server that does not hear it gives the call up by itself.
    _ = try? await client.send(
      request, to: server.destination, expecting: server.expected, as: CallAnswer.self)
  }
}

extension ProblemDocument {
  fileprivate static let notConnected = noWay("No connection.")
}
