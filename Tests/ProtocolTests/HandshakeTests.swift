import Foundation
import NIOCore
import TestSupport
import Testing

@testable import Protocol

/// Who gets in, over real sockets and TLS.
@Suite struct HandshakeTests {
  private func get(
    _ path: String, from server: PeerServer, by client: PeerClient,
    expecting: ExpectedPeer = .anyone
  ) async throws -> String {
    try await client.send(
      .get(path), to: server.destination, expecting: expecting, as: Echo.self
    ).text
  }

  /// A client that takes any server, so that the server's own check is seen.
  private func answerToCredulous(
    _ credentials: PeerCredentials?, server: PeerServer
  ) async throws -> String {
    let handshake = ClientHandshake(
      context: try TLS.clientContext(credentials), check: .discovery(pin: nil), expected: .anyone,
      revocations: .init(), now: Date())
    let connection = try await ClientConnection.open(
      server.destination, handshake: handshake, generation: 0, limits: .patient)
    defer { connection.abort() }
    let exchange = Exchange(connection: connection, request: .get("/v1/who"), limits: .patient)
    do {
      return try await exchange.run { try await $0.message(Echo.self).text }.value
    } catch let unanswered as Exchange.Unanswered {
      throw unanswered.error
    }
  }

  private func problem(_ operation: () async throws -> String) async throws -> ProblemCode? {
    do {
      Issue.record("answered \(try await operation())")
      return nil
    } catch let document as ProblemDocument {
      #expect(!document.remedy.isEmpty && !document.detail.isEmpty)
      return document.code
    }
  }

  private func certificateProblem(
    _ operation: () async throws -> String
  ) async throws -> CertificateProblem? {
    do {
      Issue.record("answered \(try await operation())")
      return nil
    } catch PeerClientError.certificate(let problem, _) {
      return problem
    }
  }

  @Test func theHandlerKnowsWhoCallsFromTheCertificate() async throws {
    let world = try World()
    let server = try await world.server()
    let client = try world.client(user: "홍길동", node: "my pc")
    let expected = ExpectedPeer.node(try World.node("bob", "host"))
    #expect(
      try await get("/v1/who", from: server, by: client, expecting: expected)
        == PeerIdentity.node(World.node("홍길동", "my pc")).uri)
    await server.shutDown(within: .seconds(10))
  }

  @Test func theServerMustBeWhoIsMeant() async throws {
    let world = try World()
    let server = try await world.server()
    let client = try world.client()
    let bob = PeerIdentity.node(try World.node("bob", "host"))
    for wrong in [ExpectedPeer.centralServer, .node(try World.node("bob", "other"))] {
      #expect(
        try await certificateProblem {
          try await get("/v1/who", from: server, by: client, expecting: wrong)
        } == .wrongPeer(found: bob, expected: wrong))
    }
    // A kept connection to the right one is not used for the wrong one either.
    _ = try await get("/v1/who", from: server, by: client, expecting: .anyNode)
    #expect(
      try await certificateProblem {
        try await get("/v1/who", from: server, by: client, expecting: .centralServer)
      } == .wrongPeer(found: bob, expected: .centralServer))
    await server.shutDown(within: .seconds(10))
  }

  @Test func anotherAuthorityIsRefusedOnBothSides() async throws {
    let (world, other) = (try World(), try World())
    let server = try await world.server()
    #expect(
      try await certificateProblem {
        try await get("/v1/who", from: server, by: try other.client())
      }
        == .anotherAuthority(
          seen: world.authority.fingerprint, expected: other.authority.fingerprint))
    let foreign = try other.credentials(.node(World.node("ann", "laptop")))
    for _ in 0..<20 {
      #expect(
        try await problem { try await answerToCredulous(foreign, server: server) }
          == .certificateOfAnotherAuthority)
    }
    #expect(
      try await get("/v1/who", from: server, by: try world.client()).hasPrefix("nearfind://node/"))
    await server.shutDown(within: .seconds(10))
  }

  @Test func withoutACertificateNothingIsAnswered() async throws {
    let world = try World()
    let server = try await world.server()
    for _ in 0..<20 {
      #expect(
        try await problem { try await answerToCredulous(nil, server: server) }
          == .certificateRequired)
    }
    try await wait(until: "nothing is left open") { server.connectionCount == 0 }
    await server.shutDown(within: .seconds(10))
  }

  @Test func onlyOpenPathsNeedNoCertificate() async throws {
    let world = try World()
    let store = try CredentialStore(
      try world.authority.centralServerCredentials(now: world.now))
    var setup = ServerSetup.network(
      host: "127.0.0.1", port: 0, credentials: store,
      clientCertificates: .optional(openPaths: ["/v1/enrol"]))
    setup.limits = .generous
    let server = try await startServer(setup)
    let stranger = try PeerClient(.authority(world.authority.certificate), limits: .patient)
    let answer = try await stranger.send(
      .post("/v1/enrol", Echo(text: "")), to: server.destination, expecting: .centralServer,
      as: Echo.self)
    #expect(answer.text == "stranger")
    for path in ["/v1/who", "/v1/enrol/", "//v1/enrol", "/v1/Enrol", "/v1/enrol/../who"] {
      #expect(
        try await problem { try await get(path, from: server, by: stranger) }
          == .certificateRequired)
    }
    #expect(
      try await get("/v1/who", from: server, by: try world.client())
        == "nearfind://node/ann/laptop")
    let foreign = try World().credentials(.node(World.node("ann", "laptop")))
    #expect(
      try await problem { try await answerToCredulous(foreign, server: server) }
        == .certificateOfAnotherAuthority)
    await server.shutDown(within: .seconds(10))
  }

  @Test func timeProblemsAreSaidToTheCaller() async throws {
    let world = try World()
    let server = try await world.server()
    for (age, code) in [
      (30 * 3600.0, ProblemCode.certificateExpired),
      (-24 * 3600, .certificateNotYetValid),
    ] {
      let client = try PeerClient(
        .credentials(try world.store(user: "ann", node: "x", age: age)), limits: .patient)
      #expect(try await problem { try await get("/v1/who", from: server, by: client) } == code)
    }
    let late = try await world.server(store: try world.store(.centralServer, age: 30 * 3600))
    let found = try await certificateProblem {
      try await get("/v1/who", from: late, by: try world.client())
    }
    if case .expired? = found {} else { Issue.record("\(String(describing: found))") }
    // A clock that is a day behind takes the server's certificate for one of the future.
    let behind = try PeerClient(
      .credentials(try world.store(user: "ann", node: "x")), limits: .patient,
      now: { Date().addingTimeInterval(-24 * 3600) })
    let early = try await certificateProblem { try await get("/v1/who", from: server, by: behind) }
    if case .notYetValid? = early {} else { Issue.record("\(String(describing: early))") }
    await server.shutDown(within: .seconds(10))
    await late.shutDown(within: .seconds(10))
  }

  @Test func revocationTakesHoldOnAnOpenConnection() async throws {
    let world = try World()
    let store = try world.store(user: "bob", node: "host")
    let accepted = Counter()
    let server = try await world.server(store: store) { setup in
      setup.observeAccepted = { channel in
        accepted.add()
        return channel.eventLoop.makeSucceededFuture(nil)
      }
    }
    let (client, other) = (try world.client(), try world.client(user: "eve", node: "pc"))
    for _ in 0..<3 { _ = try await get("/v1/who", from: server, by: client) }
    #expect(accepted.value == 1, "one connection served them all")
    var list = RevocationList()
    list.revoke(node: try World.node("ann", "laptop"), at: Date().addingTimeInterval(1))
    store.replace(list)
    #expect(
      try await problem { try await get("/v1/who", from: server, by: client) }
        == .certificateRevoked)
    #expect(accepted.value == 1)
    _ = try await get("/v1/who", from: server, by: other)
    // A client whose list names the server does not talk to it, kept connection or not.
    let store2 = try world.store(user: "eve", node: "pc")
    let client2 = try PeerClient(.credentials(store2), limits: .patient)
    _ = try await get("/v1/who", from: server, by: client2)
    var list2 = RevocationList()
    list2.revoke(user: try PeerName("bob"), at: Date().addingTimeInterval(1))
    store2.replace(list2)
    #expect(
      try await certificateProblem { try await get("/v1/who", from: server, by: client2) }
        == .revoked(.node(try World.node("bob", "host"))))
    await server.shutDown(within: .seconds(10))
  }

  /// The answer must not be lost because the body is still on its way when the connection ends.
  @Test func aRefusedRequestWithABodyIsAnswered() async throws {
    let world = try World()
    let server = try await world.server { $0.accepts = .centralServer }
    let client = try world.client()
    for size in [10, 100_000, 200_000] {
      #expect(
        try await problem {
          try await client.send(
            .post("/v1/echo", Echo(text: String(repeating: "x", count: size))),
            to: server.destination, expecting: .anyone, as: Echo.self
          ).text
        } == .wrongPeer)
    }
    try await wait(until: "nothing is left open") { server.connectionCount == 0 }
    await server.shutDown(within: .seconds(10))
  }

  @Test func theWrongRoleIsRefused() async throws {
    let world = try World()
    let server = try await world.server { $0.accepts = .centralServer }
    #expect(
      try await problem { try await get("/v1/who", from: server, by: try world.client()) }
        == .wrongPeer)
    let central = try PeerClient(
      .credentials(try world.store(.centralServer)), limits: .patient)
    #expect(
      try await get("/v1/who", from: server, by: central) == "nearfind://central-server")
    await server.shutDown(within: .seconds(10))
  }

  @Test func aFingerprintIsEnoughToBegin() async throws {
    let (world, other) = (try World(), try World())
    let store = try CredentialStore(
      try world.authority.centralServerCredentials(now: world.now))
    let server = try await world.server(store: store)
    let pin = world.authority.fingerprint
    #expect(
      try await PeerClient.authority(at: server.destination, pin: pin, limits: .patient)
        .fingerprint == pin)
    #expect(
      try await PeerClient.authority(at: server.destination, pin: nil, limits: .patient)
        .fingerprint == pin)
    let wrong = other.authority.fingerprint
    await #expect(
      throws: PeerClientError.certificate(
        .anotherAuthority(seen: pin, expected: wrong), at: server.destination)
    ) { try await PeerClient.authority(at: server.destination, pin: wrong, limits: .patient) }
    // A node of the right authority is no central server.
    let node = try await world.server()
    await #expect(throws: PeerClientError.self) {
      try await PeerClient.authority(at: node.destination, pin: pin, limits: .patient)
    }
    await server.shutDown(within: .seconds(10))
    await node.shutDown(within: .seconds(10))
  }

  @Test func anotherVersionGetsAClearAnswer() async throws {
    let world = try World()
    let server = try await world.server()
    let client = try world.client()
    for path in ["/v2/who", "/v0/who", "/v99999999999999999999999/x"] {
      #expect(
        try await problem { try await get(path, from: server, by: client) } == .versionUnsupported)
    }
    for path in ["/v1/nothing", "/", "/version", "/v1"] {
      #expect(try await problem { try await get(path, from: server, by: client) } == .notFound)
    }
    await server.shutDown(within: .seconds(10))
  }

  @Test func whatIsNotThereIsUnreachable() async throws {
    let client = try World().client()
    await #expect(throws: PeerClientError.self) {
      try await client.send(
        .get("/v1/who"), to: .network(host: "127.0.0.1", port: 1), expecting: .anyone,
        as: Echo.self)
    }
  }

  @Test func theAcceptedChannelIsSeen() async throws {
    let world = try World()
    let server = try await world.server { setup in
      setup.prepareListener = {
        $0.setOption(ChannelOptions.socketOption(.so_keepalive), value: 1)
      }
      setup.observeAccepted = { channel in
        channel.getOption(ChannelOptions.socketOption(.so_keepalive)).map {
          "keepalive \($0) from \(channel.remoteAddress?.ipAddress ?? "?")"
        }
      }
    }
    #expect(
      try await get("/v1/note", from: server, by: try world.client())
        == "keepalive 1 from 127.0.0.1")
    await server.shutDown(within: .seconds(10))
  }
}
