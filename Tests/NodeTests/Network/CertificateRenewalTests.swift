import Foundation
import Hummingbird
import TestSupport
import Testing

@testable import Node
@testable import Protocol

@Suite struct CertificateRenewalTests {
  @Test func renewalIsDueAtAboutTwoThirdsOfTheLife() throws {
    let network = try TestNetwork()
    let certificate = try network.credentials(TestNetwork.node("ann", "laptop")).certificate
    for spread in [0, 0.5, 1] {
      let due = certificate.renewalTime(spread: spread)
      let part =
        due.timeIntervalSince(certificate.issued) / (24 * 3600)
      #expect((0.6...0.7).contains(part), "\(part)")
    }
  }

  /// The certificate is renewed under a stream of requests, of which none fails.
  @Test func noRequestIsBroken() async throws {
    let network = try TestNetwork()
    let folder = try TemporaryFolder()
    let identity = try IdentityFolder(path: folder.path + "/identity")
    let old = try network.credentials(TestNetwork.node("ann", "laptop"), age: 18 * 3600)
    try identity.store(old)
    let credentials = try CredentialStore(old)
    let renewals = Counter()
    let server = try await network.server(.centralServer, router(network, renewals))
    let client = try PeerClient(.credentials(credentials))
    let address = CentralAddress(host: "127.0.0.1", port: server.port)
    let renewal = CertificateRenewal(
      credentials: credentials, identity: identity,
      central: CentralClient(addresses: [address], client: client), log: { _ in },
      renewed: {})
    let running = Task { await renewal.run() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<1_000_000 where credentials.credentials.certificate == old.certificate {
            let _: LocalDone = try await client.send(
              .get("/v1/ping"), to: address.destination, expecting: .centralServer)
          }
          let _: LocalDone = try await client.send(
            .get("/v1/ping"), to: address.destination, expecting: .centralServer)
        }
      }
      try await group.waitForAll()
    }
    running.cancel()
    await running.value
    #expect(renewals.take() == 1)
    let stored = try #require(try identity.credentials())
    #expect(stored.certificate.notAfter > old.certificate.notAfter)
    #expect(credentials.credentials.certificateDER == stored.certificateDER)
    client.shutDown()
    await server.shutDown(within: .seconds(5))
  }

  private func router(_ network: TestNetwork, _ renewals: Counter) -> Router<PeerRequestContext> {
    let router = PeerServer.makeRouter()
    router.get("/v1/ping") { _, _ -> Response in try Response.message(LocalDone()) }
    router.post("/v1/renew") { request, context -> Response in
      let message = try await request.message(RenewalRequest.self)
      renewals.add()
      let node = try context.requireNode()
      let now = Date()
      let certificate = try network.authority.issueCertificate(
        for: PEMText.certificateRequestDER(message.certificateRequest), identity: .node(node),
        now: now)
      return try Response.message(
        EnrolmentGrant(
          userSerialID: 1, userid: node.user.text, node: node.node.text,
          certificate: PEMText.certificate(certificate),
          expiry: Int64(now.timeIntervalSince1970) + 24 * 3600,
          now: Int64(now.timeIntervalSince1970)))
    }
    return router
  }
}
