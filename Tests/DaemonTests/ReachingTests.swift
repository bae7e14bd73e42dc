import Foundation
import Node
import Protocol
import TestSupport
import Testing
import VirtualServer

/// Nodes that nobody can connect to are called at their virtual server.
@Suite struct ReachingTests {
  /// Until the owner waits for calls, which begins in the background.
  private func waitUntilListening(
    _ caller: CalledNodes.Member, _ source: FileSource
  ) async throws {
    try await wait(until: "\(source.node) to wait for calls") {
      (try? await caller.ask(source)) != nil
    }
  }

  @Test func theOwnerCallsBack() async throws {
    var limits = GroupServiceLimits()
    limits.relays.count = 0
    let nodes = try await CalledNodes(limits: limits)
    await nodes.serve(["owner"])
    let owner = try await nodes.member("owner")
    let getter = try await nodes.member("getter")
    let source = nodes.source(owner.identity)
    await owner.answering.use(nodes.calling)
    try await waitUntilListening(getter, source)
    let answer = try await getter.ask(source, for: 8 << 20)
    // Each end knows the other by its certificate, end to end.
    #expect(answer.first == "\(owner.identity) for \(getter.identity)")
    #expect(answer.bytes > 7 << 20)
    #expect(getter.reaching.rendezvous.count == 0)
    await nodes.shutDown([owner, getter])
  }

  @Test func whereNeitherReachesTheOtherThereIsARelay() async throws {
    let nodes = try await CalledNodes()
    await nodes.serve(["owner"])
    let owner = try await nodes.member("owner")
    let getter = try await nodes.member("getter", listens: false)
    let source = nodes.source(owner.identity)
    await owner.answering.use(nodes.calling)
    try await waitUntilListening(getter, source)
    let answer = try await getter.ask(source, for: 1 << 20)
    #expect(answer.first == "\(owner.identity) for \(getter.identity)")
    #expect(answer.bytes > 900_000)
    await nodes.shutDown([owner, getter])
  }

  @Test func aRelayGivesNoMoreThanItsBytes() async throws {
    var limits = GroupServiceLimits()
    limits.relays.byteCount = 600_000
    let nodes = try await CalledNodes(limits: limits)
    await nodes.serve(["owner"])
    let owner = try await nodes.member("owner")
    let getter = try await nodes.member("getter", listens: false)
    let source = nodes.source(owner.identity)
    await owner.answering.use(nodes.calling)
    try await waitUntilListening(getter, source)
    await #expect(throws: (any Error).self) { try await getter.ask(source, for: 8 << 20) }
    // The next one is refused, and the refusal says what the limit was.
    await #expect {
      try await getter.ask(source)
    } throws: {
      ($0 as? ProblemDocument)?.detail.contains("600000 bytes") ?? false
    }
    await nodes.shutDown([owner, getter])
  }

  @Test func refusalsSayWhy() async throws {
    var limits = GroupServiceLimits()
    limits.calls.age = 1_000
    let nodes = try await CalledNodes(limits: limits)
    await nodes.serve(["owner", "deaf"])
    let owner = try await nodes.member("owner")
    let deaf = try await nodes.member("deaf")
    let getter = try await nodes.member("getter")
    func refusal(_ node: NodeIdentity) async throws -> ProblemDocument? {
      do {
        _ = try await getter.ask(nodes.source(node))
        return nil
      } catch let problem as ProblemDocument {
        return problem
      }
    }
    // Of another group, or of none.
    let stranger = try await refusal(CalledNodes.node("stranger"))
    #expect(stranger?.detail.contains("is not attached") ?? false)
    // Attached, but its daemon is not there.
    let absent = try await refusal(owner.identity)
    #expect(absent?.detail.contains("does not wait for calls") ?? false)
    #expect(absent?.retryAfter != nil)
    // Waits for calls, and says nothing.
    let silence = Task {
      try await deaf.client.exchange(
        .get(CallPath.calls), with: nodes.calling.destinationForTests,
        expecting: .nodeNamed(PeerName(nodes.calling.host))
      ) { response in
        try await response.messages(CallLine.self) { _ in }
      }
    }
    try await wait(until: "the deaf one to be called in vain") {
      try await refusal(deaf.identity)?.detail.contains("did not connect in time") ?? false
    }
    silence.cancel()
    await nodes.shutDown([owner, deaf, getter])
  }

  /// A virtual server may not learn what a node finds where it sends it.
  @Test func everyFailureToCallBackIsToldAlike() async throws {
    let nodes = try await CalledNodes()
    await nodes.serve(["owner"])
    let owner = try await nodes.member("owner")
    let getter = try await nodes.member("getter", listens: false)
    await owner.answering.use(nodes.calling)
    try await waitUntilListening(getter, nodes.source(owner.identity))
    // Nobody listens there, another node does, and one does that waits for nobody.
    for port in [1, owner.server.port, getter.server.port] {
      let request = try PeerRequest.post(
        CallPath.calls,
        CallRequest(owner: owner.identity, port: UInt16(port), token: TunnelToken()))
      await #expect("port \(port)") {
        try await getter.client.send(
          request, to: nodes.calling.destinationForTests,
          expecting: .nodeNamed(PeerName(nodes.calling.host)), as: CallAnswer.self)
      } throws: {
        let said = ($0 as? ProblemDocument)?.detail ?? "\($0)"
        return said == "\(owner.identity) was called and could not connect: No connection."
      }
    }
    await nodes.shutDown([owner, getter])
  }

  @Test func onlyTheOneThatIsWaitedForComesIn() async throws {
    let nodes = try await CalledNodes()
    await nodes.serve(["owner", "other"])
    let other = try await nodes.member("other")
    let getter = try await nodes.member("getter")
    let owner = try CalledNodes.node("owner")
    let there = PeerDestination.network(host: "127.0.0.1", port: getter.server.port)
    @Sendable func code(_ token: TunnelToken) async throws -> ProblemCode? {
      do {
        _ = try await other.client.openTunnel(
          CallPath.tunnel(token), at: there, expecting: .anyNode, within: .seconds(60))
        return nil
      } catch let problem as ProblemDocument {
        return problem.code
      }
    }
    #expect(try await code(TunnelToken()) == .tunnelNotExpected)
    // Even with the right token: it is for the owner alone.
    do {
      _ = try await getter.reaching.rendezvous.tunnel(from: owner, within: .seconds(60)) { token in
        let refused = try await code(token) == .tunnelNotExpected
        throw ProblemDocument.forbidden(refused ? "refused" : "let in", remedy: "")
      }
      Issue.record("another node was let in with the owner's token")
    } catch let problem as ProblemDocument {
      #expect(problem.detail == "refused")
    }
    // A relay's token likewise, at the virtual server.
    await #expect {
      try await other.client.openTunnel(
        CallPath.relay(TunnelToken()), at: nodes.calling.destinationForTests,
        expecting: .anyNode, within: .seconds(60))
    } throws: {
      ($0 as? ProblemDocument)?.code == .tunnelNotExpected
    }
    await nodes.shutDown([other, getter])
  }

  @Test func reachabilityIsTriedWhereTheRequestComesFrom() async throws {
    let nodes = try await CalledNodes()
    await nodes.serve(["owner"])
    let owner = try await nodes.member("owner")
    let getter = try await nodes.member("getter")
    func answer(_ member: CalledNodes.Member, _ port: Int) async throws -> ReachabilityAnswer {
      try await member.client.send(
        .post("/v1/reachability", ReachabilityRequest(port: UInt16(port))),
        to: nodes.calling.destinationForTests, expecting: .anyNode)
    }
    let found = try await answer(owner, owner.server.port)
    #expect(found.finding == .reachable && found.detail == nil)
    #expect(found.endpoint.address == "127.0.0.1")
    #expect(found.relayRate == RelayLimits().bytesPerSecond)
    // At the port of another node somebody else answers.
    #expect(try await answer(owner, getter.server.port).finding == .somebodyElse)
    let closed = try await nodes.member("closed")
    await closed.server.shutDown(within: .seconds(1))
    #expect(try await answer(owner, closed.server.port).finding == .refused)
    await #expect {
      for _ in 0..<20 { _ = try await answer(owner, owner.server.port) }
    } throws: {
      ($0 as? ProblemDocument)?.code == .rateLimited
    }
    await nodes.shutDown([owner, getter, closed])
  }
}

extension CallingServer {
  var destinationForTests: PeerDestination {
    .network(host: endpoint.address, port: Int(endpoint.port))
  }
}
