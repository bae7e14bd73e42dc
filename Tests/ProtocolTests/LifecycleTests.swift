import Foundation
import NIOCore
import PeerTesting
import TestSupport
import Testing

@testable import Protocol

/// Renewal, shutting down, starting.
@Suite struct LifecycleTests {
  @Test func renewalUnderLoadBreaksNoRequest() async throws {
    let world = try World()
    let bob = PeerIdentity.node(try World.node("bob", "host"))
    let ann = PeerIdentity.node(try World.node("ann", "laptop"))
    let (serverStore, clientStore) = (try world.store(bob), try world.store(ann))
    let accepted = Counter()
    let server = try await world.server(store: serverStore) { setup in
      setup.observeAccepted = { channel in
        accepted.add()
        return channel.eventLoop.makeSucceededFuture(nil)
      }
    }
    let client = try PeerClient(.credentials(clientStore), limits: .patient)
    let answered = Counter()
    try await limited(to: .seconds(300)) {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<8 {
          group.addTask {
            for number in 0..<150 {
              let text = "\(worker) \(number)"
              let answer = try await client.send(
                .post("/v1/echo", Echo(text: text)), to: server.destination,
                expecting: .node(World.node("bob", "host")), as: Echo.self)
              guard answer.text == text else { throw JSONProblem.mismatch(answer.text) }
              answered.add()
            }
          }
        }
        group.addTask {
          for round in 1...10 {
            try await wait(until: "the load goes on") { answered.value >= round * 100 }
            try serverStore.replace(try world.credentials(bob))
            try clientStore.replace(try world.credentials(ann))
          }
        }
        try await group.waitForAll()
      }
    }
    #expect(answered.value == 8 * 150)
    #expect(accepted.value > 8, "connections were made with the renewed certificates")
    #expect(accepted.value < 200, "and used for many requests each")
    let foreign = try World().credentials(ann)
    #expect(throws: CertificateProblem.self) { try clientStore.replace(foreign) }
    await server.shutDown(within: .seconds(10))
  }

  @Test func shuttingDownFinishesWhatRuns() async throws {
    let (world, probe) = (try World(), Probe())
    let server = try await world.server(probe: probe)
    let client = try world.client()
    // An idle connection beside the busy one.
    _ = try await client.send(
      .get("/v1/who"), to: server.destination, expecting: .anyone, as: Echo.self)
    let running = Task {
      try await client.send(
        .get("/v1/wait"), to: server.destination, expecting: .anyone, as: Echo.self)
    }
    try await wait(until: "it runs") { await probe.waiting == 1 }
    let ended = Counter()
    let ending = Task {
      await server.shutDown(within: .seconds(100))
      ended.add()
    }
    try await wait(until: "nobody new gets in") {
      do {
        _ = try await RawConnection.open(port: server.port)
        return false
      } catch {
        return true
      }
    }
    #expect(ended.value == 0)
    await probe.release()
    #expect(try await running.value.text == "done")
    try await limited { await ending.value }
    #expect(server.connectionCount == 0)
  }

  @Test func shuttingDownHasALimit() async throws {
    let (world, probe) = (try World(), Probe())
    let server = try await world.server(probe: probe)
    let client = try world.client()
    let running = Task {
      try await client.send(
        .get("/v1/wait"), to: server.destination, expecting: .anyone, as: Echo.self)
    }
    try await wait(until: "it runs") { await probe.waiting == 1 }
    try await limited { await server.shutDown(within: .milliseconds(200)) }
    await #expect(throws: PeerClientError.connectionLost(server.destination)) {
      try await running.value
    }
    try await wait(until: "the handler is cancelled") { await probe.isCancelled }
  }

  @Test func anAddressInUseIsSaidToBe() async throws {
    let world = try World()
    let server = try await world.server()
    let setup = ServerSetup.network(
      host: "127.0.0.1", port: server.port, credentials: try world.store(.centralServer))
    await #expect(throws: ServerStartError.addressInUse("127.0.0.1:\(server.port)")) {
      try await startServer(setup)
    }
    await server.shutDown(within: .seconds(10))
  }

  @Test func aKeptConnectionThatWasClosedIsMadeAnew() async throws {
    let world = try World()
    let store = try world.store(user: "bob", node: "host")
    let first = try await world.server(store: store)
    let client = try world.client()
    let (port, destination) = (first.port, first.destination)
    _ = try await client.send(
      .get("/v1/who"), to: destination, expecting: .anyone, as: Echo.self)
    await first.shutDown(within: .seconds(10))
    var setup = ServerSetup.network(host: "127.0.0.1", port: port, credentials: store)
    setup.limits = .generous
    let second = try await startServer(setup)
    _ = try await client.send(
      .get("/v1/who"), to: destination, expecting: .anyone, as: Echo.self)
    await second.shutDown(within: .seconds(10))
  }

  @Test func idleConnectionsAreClosed() async throws {
    var limits = ServerLimits.generous
    limits.idle = .milliseconds(300)
    let world = try World()
    let server = try await world.server(limits: limits)
    let idle = try await RawConnection.open(
      port: server.port, credentials: try world.credentials(.node(World.node("idle", "pc"))))
    try await idle.closed()
    await server.shutDown(within: .seconds(10))
  }
}
