import Foundation
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Protocol

/// Peers that speak through tunnels: over a mutual TLS of their own, whoever carries the bytes.
@Suite(.serialized) struct TunnelledPeersTests {
  /// A getter with a server for tunnels, and an owner who dials it and serves through it.
  private struct Pair {
    let world: World
    let box = PipeBox()
    let getterServer: PeerServer
    let getter: PeerClient
    let ownerServer: PeerServer
    let owner: PeerClient

    /// - Parameter probe: of the owner's routes.
    init(_ world: World, probe: Probe = Probe()) async throws {
      self.world = world
      let getterStore = try world.store(user: "ann", node: "laptop")
      let ownerStore = try world.store(user: "bob", node: "host")
      getterServer = try await world.tunnelServer(box, store: getterStore)
      getter = try PeerClient(.credentials(getterStore), limits: .patient)
      ownerServer = try await world.server(store: ownerStore, probe: probe)
      owner = try PeerClient(.credentials(ownerStore), limits: .patient)
    }

    /// Each connection is a tunnel that the owner opens.
    var dialBack: PeerDestination {
      .tunnel(
        TunnelWay(name: "bob, who calls back") {
          let pipe = try await owner.openTunnel(
            "/v1/tunnels/right", at: getterServer.destination,
            expecting: .node(World.node("ann", "laptop")), within: .seconds(60))
          let near = try #require(await box.next())
          for end in [pipe, near] { try await end.keepLittle() }
          Task { await ownerServer.serve(pipe) }
          return near
        })
    }

    func shutDown() async {
      getter.shutDown()
      owner.shutDown()
      await getterServer.shutDown(within: .seconds(10))
      await ownerServer.shutDown(within: .seconds(10))
    }
  }

  @Test func theOwnerServesOverTheConnectionThatItOpened() async throws {
    let pair = try await Pair(World())
    let destination = pair.dialBack
    let bob = ExpectedPeer.node(try World.node("bob", "host"))
    for number in 0..<20 {
      let answer = try await pair.getter.send(
        .post("/v1/echo", Echo(text: "\(number)")), to: destination, expecting: bob, as: Echo.self)
      #expect(answer.text == "\(number)")
    }
    // The inner certificate says who asks, not the outer one of who opened the tunnel.
    let who = try await pair.getter.send(
      .get("/v1/who"), to: destination, expecting: bob, as: Echo.self)
    #expect(who.text == "nearfind://node/ann/laptop")
    // One tunnel served all of them.
    #expect(pair.ownerServer.connectionCount == 1)
    await pair.shutDown()
  }

  @Test func aLongAnswerIsStoppedByItsReceiver() async throws {
    let probe = Probe()
    let pair = try await Pair(World(), probe: probe)
    let before = residentBytes()
    let destination = pair.dialBack
    let read = try await pair.getter.exchange(
      .get("/v1/numbers"), with: destination, expecting: .anyone
    ) { response in
      var count = 0
      while count < 16 << 20, let buffer = try await response.next() {
        count += buffer.readableBytes
      }
      return count
    }
    #expect(read >= 16 << 20)
    try await wait(until: "the handler is told to stop") { await probe.isCancelled }
    print("memory grew by \((residentBytes() - before) >> 10) KiB")
    await pair.shutDown()
  }

  @Test func anotherCertificateInsideIsRefused() async throws {
    let pair = try await Pair(World())
    let foreign = try await Pair(World())
    let destination = pair.dialBack
    await #expect {
      try await pair.getter.send(
        .get("/v1/who"), to: destination, expecting: .node(World.node("bob", "another")),
        as: Echo.self)
    } throws: {
      if case .certificate(.wrongPeer, _)? = $0 as? PeerClientError { true } else { false }
    }
    // Of another authority: the owner does not take it, and neither does the getter take his.
    await #expect(throws: PeerClientError.self) {
      try await foreign.getter.send(
        .get("/v1/who"), to: destination, expecting: .anyone, as: Echo.self)
    }
    // None at all.
    let stranger = try PeerClient(.authority(pair.world.authority.certificate), limits: .patient)
    await #expect {
      try await stranger.send(
        .get("/v1/who"), to: destination, expecting: .anyone, as: Echo.self)
    } throws: {
      ($0 as? ProblemDocument)?.code == .certificateRequired
    }
    stranger.shutDown()
    await pair.shutDown()
    await foreign.shutDown()
  }

  @Test func noTunnelIsOpenedInsideOfOne() async throws {
    let pair = try await Pair(World())
    await #expect {
      try await pair.getter.send(
        .get("/v1/tunnel"), to: pair.dialBack, expecting: .anyone, as: Echo.self)
    } throws: {
      ($0 as? ProblemDocument)?.code == .forbidden
    }
    await pair.shutDown()
  }

  @Test func whatEndsInTheMiddleIsSaid() async throws {
    let probe = Probe()
    let pair = try await Pair(World(), probe: probe)
    let destination = pair.dialBack
    let waiting = Task {
      try await pair.getter.send(
        .get("/v1/wait"), to: destination, expecting: .anyone, as: Echo.self)
    }
    try await wait(until: "the request is served") { await probe.waiting == 1 }
    await pair.ownerServer.shutDown(within: .milliseconds(1))
    await #expect(throws: PeerClientError.connectionLost(destination)) { try await waiting.value }
    try await wait(until: "the handler is told to stop") { await probe.isCancelled }
    await pair.shutDown()
  }

  @Test func aWayThatLeadsNowhereSaysSo() async throws {
    let world = try World()
    let client = try world.client()
    let refusal = ProblemDocument.forbidden("Not today.", remedy: "Come tomorrow.")
    let way = TunnelWay(name: "bob") { throw refusal }
    await #expect(throws: refusal) {
      try await client.connect(to: .tunnel(way), expecting: .anyone)
    }
    client.shutDown()
  }
}
