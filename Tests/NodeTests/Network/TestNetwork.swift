import Foundation
import Hummingbird
import Logging
import SearchModel

@testable import Node
@testable import Protocol

/// An authority and servers of its network, each on a port of its own on loopback.
struct TestNetwork: Sendable {
  let authority: CertificateAuthority

  init() throws {
    authority = try CertificateAuthority(createdAt: Date())
  }

  static let owner = Owner(userSerialID: 1, userID: "ann")

  func credentials(_ identity: PeerIdentity, age: TimeInterval = 0) throws -> PeerCredentials {
    let key = PeerKey()
    let certificate = try authority.issueCertificate(
      for: key.signingRequest(), identity: identity, now: Date().addingTimeInterval(-age))
    return try PeerCredentials(
      key: key, certificate: certificate, authority: authority.certificate)
  }

  static func node(_ user: String, _ node: String) throws -> PeerIdentity {
    .node(NodeIdentity(user: try PeerName(user), node: try PeerName(node)))
  }

  func client(user: String = "ann", node: String = "laptop") throws -> PeerClient {
    try PeerClient(.credentials(CredentialStore(credentials(Self.node(user, node)))))
  }

  func server(
    _ identity: PeerIdentity, port: Int = 0, _ router: Router<PeerRequestContext>
  ) async throws -> PeerServer {
    var setup = ServerSetup.network(
      host: "127.0.0.1", port: port, credentials: try CredentialStore(credentials(identity)))
    setup.limits.bodyByteCount = PublicationLimits.json.byteCount
    setup.limits.requests = .init(perSecond: 1_000_000, burst: 1_000_000)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return try await PeerServer.start(setup, router: router, logger: logger)
  }
}

/// The index of a group as a node sees it, kept in memory and judged by the numbers alone.
actor TestGroupIndex {
  enum Mood: Sendable, Hashable {
    case willing
    /// Takes the changes and gives no answer.
    case losesAnswers
    case refuses(ProblemCode, status: Int)
  }

  private(set) var records: [RecordKey: Record] = [:]
  private(set) var position = PublicationPosition(
    group: 1, epoch: 2, catalog: nil, sequence: 0, base: 0, recordCount: 0, quota: 1_000_000)
  private(set) var requestCount = 0
  private(set) var newBeginnings = 0
  private var mood = Mood.willing
  private var lostCount = 0

  func be(_ mood: Mood) { self.mood = mood }

  func showAllToAll() { position.keepsVisibility = nil }

  /// The last table that came.
  private(set) var shares: ShareTable?

  func loseEverything() {
    records = [:]
    (position.catalog, position.sequence, position.base, position.shares) = (nil, 0, 0, nil)
  }

  func take(_ request: PublicationRequest) throws -> PublicationAnswer {
    requestCount += 1
    if case .refuses(let code, let status) = mood {
      throw ProblemDocument(code, status: status, title: "No", detail: "No.", remedy: "")
    }
    let follows =
      position.catalog == request.catalog && position.sequence == request.after
      || position.catalog == nil && request.after == 0
    guard request.startsAnew || follows else {
      var problem = ProblemDocument(
        .otherPosition, status: 409, title: "No", detail: "No.", remedy: "")
      problem.position = position
      throw problem
    }
    if request.startsAnew {
      newBeginnings += 1
      records = [:]
    }
    for change in request.changes {
      switch change {
      case .put(let record): records[record.key] = record
      case .remove(let key): records[key] = nil
      }
    }
    if let table = request.shares {
      shares = table
      position.shares = table.version
    }
    position.catalog = request.catalog
    position.sequence = request.sequence
    position.base = request.base
    if mood == .losesAnswers {
      lostCount += 1
      if lostCount % 2 == 1 {
        throw ProblemDocument(.unavailable, status: 503, title: "No", detail: "No.", remedy: "")
      }
    }
    return PublicationAnswer(sequence: request.sequence)
  }

  nonisolated var router: Router<PeerRequestContext> {
    let router = PeerServer.makeRouter()
    router.get("/v1/position") { _, _ -> Response in try Response.message(await self.position) }
    router.post("/v1/records") { request, _ -> Response in
      let message = try await request.message(
        PublicationRequest.self, limits: PublicationLimits.json)
      return try Response.message(try await self.take(message))
    }
    return router
  }
}
