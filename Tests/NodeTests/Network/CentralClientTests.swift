import Foundation
import Hummingbird
import Synchronization
import TestSupport
import Testing

@testable import Node
@testable import Protocol

@Suite struct CentralClientTests {
  private static let report = PlacementReport(
    incarnation: 1, sequence: 1, environment: NodeEnvironment(limitCount: 1, uptime: 1),
    standing: .seeking)

  /// A central server whose answers say which it is.
  private func router(
    _ number: Int64, referringTo location: String? = nil
  ) -> Router<PeerRequestContext> {
    let router = PeerServer.makeRouter()
    router.post("/v1/report") { request, _ -> Response in
      _ = try await request.message(PlacementReport.self)
      if let location {
        throw ProblemDocument(
          .notLeading, status: 421, title: "No", detail: "No.", remedy: "", location: location)
      }
      return try Response.message(PlacementAnswer(instructions: [], nextReport: number))
    }
    return router
  }

  private func address(_ server: PeerServer) -> CentralAddress {
    CentralAddress(host: "127.0.0.1", port: server.port)
  }

  @Test func whoDoesNotAnswerIsPassedOver() async throws {
    let network = try TestNetwork()
    let gone = try await network.server(.centralServer, router(1))
    let goneAddress = address(gone)
    await gone.shutDown(within: .seconds(5))
    let server = try await network.server(.centralServer, router(2))
    let client = CentralClient(
      addresses: [goneAddress, address(server)], client: try network.client())
    for _ in 0..<2 {
      let answer = try await client.report(Self.report, within: .seconds(60))
      #expect(answer.nextReport == 2)
    }
    await server.shutDown(within: .seconds(5))
    await #expect(throws: PeerClientError.self) {
      try await client.report(Self.report, within: .seconds(60))
    }
  }

  @Test func whoIsNotInChargeSaysWhoIs() async throws {
    let network = try TestNetwork()
    let leader = try await network.server(.centralServer, router(7))
    let other = try await network.server(
      .centralServer, router(1, referringTo: "\(address(leader))"))
    let client = CentralClient(addresses: [address(other)], client: try network.client())
    #expect(try await client.report(Self.report, within: .seconds(60)).nextReport == 7)
    await other.shutDown(within: .seconds(5))
    // It is remembered.
    #expect(try await client.report(Self.report, within: .seconds(60)).nextReport == 7)
    await leader.shutDown(within: .seconds(5))
  }

  @Test func aCircleOfReferralsEnds() async throws {
    let network = try TestNetwork()
    let port = Mutex(0)
    let router = PeerServer.makeRouter()
    router.post("/v1/report") { _, _ -> Response in
      throw ProblemDocument(
        .notLeading, status: 421, title: "No", detail: "No.", remedy: "",
        location: "127.0.0.1:\(port.withLock { $0 })")
    }
    let server = try await network.server(.centralServer, router)
    port.withLock { $0 = server.port }
    let client = CentralClient(addresses: [address(server)], client: try network.client())
    await #expect(throws: ProblemDocument.self) {
      try await client.report(Self.report, within: .seconds(60))
    }
    await server.shutDown(within: .seconds(5))
  }

  @Test func aNodeThatPlaysTheCentralServerIsNotBelieved() async throws {
    let network = try TestNetwork()
    let server = try await network.server(TestNetwork.node("eve", "trap"), router(1))
    let client = CentralClient(addresses: [address(server)], client: try network.client())
    await #expect(throws: PeerClientError.self) {
      try await client.report(Self.report, within: .seconds(60))
    }
    await server.shutDown(within: .seconds(5))
  }

  @Test(arguments: [
    ("central.example.org", "central.example.org:7440"), ("192.0.2.1:80", "192.0.2.1:80"),
    ("[2001:db8::1]:80", "[2001:db8::1]:80"), ("2001:db8::1", "[2001:db8::1]:7440"),
    ("[::1]", "[::1]:7440"),
  ])
  func addressesAreRead(_ text: String, _ meaning: String) {
    #expect(CentralAddress(text)?.description == meaning)
  }

  @Test(arguments: [
    "", ":80", "host:", "host:0", "host:65536", "host:x", "[::1", "[]:80", "a b", "a/b",
  ])
  func noAddressesAreRefused(_ text: String) {
    #expect(CentralAddress(text) == nil)
  }
}
