import Foundation
import Hummingbird
import MemoryEngine
import Node
import Protocol
import SearchModel
import TestSupport
import VirtualServer

/// A virtual server, nodes that wait for calls at it, and nodes that call: over real sockets and TLS.
final class CalledNodes: Sendable {
  /// A node with a server of its own.
  struct Member: Sendable {
    let identity: NodeIdentity
    let credentials: CredentialStore
    let client: PeerClient
    let reaching: NodeReaching
    let server: PeerServer
    let answering: CallAnswering
  }

  private let authority: CertificateAuthority
  let server: InProcessVirtualServer
  let calling: CallingServer

  init(limits: GroupServiceLimits = .init()) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/nearfind-called-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let authority = try CertificateAuthority.open(folder: folder, now: Date())
    self.authority = authority
    var limits = limits
    limits.calls.rate = .init(perSecond: 1_000, burst: 1_000)
    let host = try Self.node("host")
    server = try await InProcessVirtualServer(
      host: host, credentials: try Self.credentials(host, authority), engine: MemoryEngine(),
      limits: limits)
    calling = CallingServer(
      host: host.node.text,
      endpoint: NetworkEndpoint(address: "127.0.0.1", port: UInt16(server.port)))
  }

  static func node(_ name: String) throws -> NodeIdentity {
    NodeIdentity(user: try PeerName("user-" + name), node: try PeerName(name))
  }

  private static func credentials(
    _ node: NodeIdentity, _ authority: CertificateAuthority
  ) throws -> CredentialStore {
    let key = PeerKey()
    let certificate = try authority.issueCertificate(
      for: key.signingRequest(), identity: .node(node), now: Date())
    return try CredentialStore(
      PeerCredentials(key: key, certificate: certificate, authority: authority.certificate))
  }

  /// Says which nodes belong to the group.
  func serve(_ names: [String], membership: UInt64 = 1) async {
    await server.take(
      .serve(
        group: 1, epoch: 1, limitCount: 50,
        clients: names.map { GroupClient(node: $0, incarnation: 1) }, membership: membership))
  }

  /// - Parameter listens: whether others are told the port at which it can be called back.
  func member(_ name: String, listens: Bool = true) async throws -> Member {
    let identity = try Self.node(name)
    let credentials = try Self.credentials(identity, authority)
    var limits = ClientLimits()
    (limits.connecting, limits.handshake) = (.seconds(60), .seconds(60))
    (limits.answer, limits.pause) = (.seconds(60), .seconds(60))
    let client = try PeerClient(.credentials(credentials), limits: limits)
    let reaching = NodeReaching(client: client)
    let router = PeerServer.makeRouter()
    reaching.rendezvous.addRoute(to: router, at: "/v1/tunnels/:token")
    router.get("/v1/bytes/:count") { _, context -> Response in
      let asker = try context.requireNode()
      let count = context.parameters.get("count").flatMap { Int($0) } ?? 0
      return Response.messages { lines in
        try await lines.write("\(identity) for \(asker)")
        let line = String(repeating: "x", count: 64 * 1024 - 3)
        for _ in 0..<count / (64 * 1024) { try await lines.write(line) }
      }
    }
    var setup = ServerSetup.network(host: "127.0.0.1", port: 0, credentials: credentials)
    setup.accepts = .anyNode
    let server = try await PeerServer.start(setup, router: router)
    if listens { await reaching.listens(at: UInt16(server.port)) }
    let answering = CallAnswering(client: client) { await server.serve($0) }
    return Member(
      identity: identity, credentials: credentials, client: client, reaching: reaching,
      server: server, answering: answering)
  }

  /// Without an address, so that only calls lead there.
  func source(_ node: NodeIdentity) -> FileSource {
    FileSource(node: node, endpoint: nil, server: calling)
  }

  func shutDown(_ members: [Member]) async {
    for member in members {
      await member.answering.use(nil)
      member.client.shutDown()
      await member.server.shutDown(within: .seconds(3))
    }
    await server.shutDown()
  }
}

extension CalledNodes.Member {
  /// Asks a node for lines over whatever way leads there.
  ///
  /// - Returns: the first line, and how many bytes came in all.
  func ask(_ source: FileSource, for count: Int = 0) async throws -> (first: String, bytes: Int) {
    let reaching = reaching
    let way = TunnelWay(name: "\(source.node)") { try await reaching.pipe(to: source) }
    let client = try PeerClient(.credentials(credentials))
    defer { client.shutDown() }
    return try await client.exchange(
      .get("/v1/bytes/\(count)"), with: .tunnel(way), expecting: .node(source.node)
    ) { response in
      var (first, bytes): (String?, Int) = (nil, 0)
      try await response.messages(String.self) { line in
        first = first ?? line
        bytes += line.utf8.count
      }
      return (first ?? "", bytes)
    }
  }
}
