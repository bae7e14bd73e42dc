import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOPosix

@testable import Protocol

/// An authority and whom it vouches for.
struct World: Sendable {
  let authority: CertificateAuthority
  let now = Date()

  init() throws {
    authority = try CertificateAuthority(createdAt: now)
  }

  static func node(_ user: String, _ node: String) throws -> NodeIdentity {
    NodeIdentity(user: try PeerName(user), node: try PeerName(node))
  }

  /// - Parameter age: how long ago the certificate was issued; negative for one of the future.
  func credentials(_ identity: PeerIdentity, age: TimeInterval = 0) throws -> PeerCredentials {
    let key = PeerKey()
    let certificate = try authority.issueCertificate(
      for: key.signingRequest(), identity: identity, now: now.addingTimeInterval(-age))
    return try PeerCredentials(
      key: key, certificate: certificate, authority: authority.certificate)
  }

  func store(_ identity: PeerIdentity, age: TimeInterval = 0) throws -> CredentialStore {
    try CredentialStore(try credentials(identity, age: age))
  }

  func store(user: String, node: String, age: TimeInterval = 0) throws -> CredentialStore {
    try store(.node(Self.node(user, node)), age: age)
  }

  func client(user: String = "ann", node: String = "laptop") throws -> PeerClient {
    try PeerClient(.credentials(store(user: user, node: node)), limits: .patient)
  }
}

extension ClientLimits {
  /// For machines that are slow.
  static var patient: ClientLimits {
    var limits = ClientLimits()
    limits.connecting = .seconds(60)
    limits.handshake = .seconds(60)
    limits.answer = .seconds(60)
    limits.pause = .seconds(60)
    return limits
  }
}

extension ServerLimits {
  /// Few limits, for tests of something else.
  static var generous: ServerLimits {
    var limits = ServerLimits()
    limits.handshake = .seconds(60)
    limits.requests = .init(perSecond: 1_000_000, burst: 1_000_000)
    limits.requestsOfStrangers = .init(perSecond: 1_000_000, burst: 1_000_000)
    limits.connections = 20_000
    limits.connectionsPerAddress = 20_000
    return limits
  }
}

struct Echo: Codable, Hashable, Sendable {
  var text: String
}

/// Counts what happens in handlers, and lets them wait.
actor Probe {
  private(set) var written = 0
  private(set) var isCancelled = false
  private(set) var waiting = 0
  private var isReleased = false

  func wrote() { written += 1 }
  func cancelled() { isCancelled = true }
  func began() { waiting += 1 }
  func release() { isReleased = true }

  /// Returns when ``release()`` was called; throws when the task is cancelled.
  func wait() async throws {
    waiting += 1
    while !isReleased {
      do {
        try await Task.sleep(for: .milliseconds(5))
      } catch {
        isCancelled = true
        throw error
      }
    }
  }
}

/// A server with routes for tests.
func startServer(_ setup: ServerSetup, probe: Probe = Probe()) async throws -> PeerServer {
  let router = PeerServer.makeRouter()
  router.post("/v1/echo") { request, _ in try Response.message(await request.message(Echo.self)) }
  router.post("/v1/enrol") { request, context in
    try Response.message(Echo(text: context.caller == .stranger ? "stranger" : "known"))
  }
  router.get("/v1/who") { _, context in
    switch context.caller {
    case .peer(let identity): try Response.message(Echo(text: identity.uri))
    case .stranger: try Response.message(Echo(text: "stranger"))
    case .localUser(let number): try Response.message(Echo(text: "user \(number)"))
    }
  }
  router.get("/v1/note") { _, context in
    try Response.message(Echo(text: "\(context.connection.note ?? "none")"))
  }
  router.get("/v1/tunnel") { request, context in
    var head = request.head
    head.headerFields[.upgrade] = TunnelProtocol.name
    return try Response.tunnel(for: Request(head: head, body: request.body), in: context) {
      $0.close()
    }
  }
  router.get("/v1/wait") { _, _ in
    try await probe.wait()
    return try Response.message(Echo(text: "done"))
  }
  router.get("/v1/numbers") { _, _ in
    Response.messages { lines in
      do {
        while true {
          try await lines.write(Echo(text: String(repeating: "x", count: 16_000)))
          await probe.wrote()
        }
      } catch {
        await probe.cancelled()
        throw error
      }
    }
  }
  router.get("/v1/broken") { _, _ in
    Response.messages { lines in
      try await lines.write(Echo(text: "one"))
      throw CancellationError()
    }
  }
  router.post("/v1/count") { request, _ in
    var count = 0
    for try await _ in request.messages(Echo.self) {
      count += 1
      if count == 1 { try await probe.wait() }
    }
    return try Response.message(Echo(text: "\(count)"))
  }
  var logger = Logger(label: "test")
  logger.logLevel = .critical
  return try await PeerServer.start(setup, router: router, logger: logger)
}

extension PeerServer {
  var destination: PeerDestination { .network(host: "127.0.0.1", port: port) }
}

extension World {
  /// A node's server that demands certificates.
  func server(
    limits: ServerLimits = .generous, store: CredentialStore? = nil, probe: Probe = Probe(),
    change: (inout ServerSetup) -> Void = { _ in }
  ) async throws -> PeerServer {
    var setup = ServerSetup.network(
      host: "127.0.0.1", port: 0, credentials: try store ?? self.store(user: "bob", node: "host"))
    setup.limits = limits
    change(&setup)
    return try await startServer(setup, probe: probe)
  }
}
