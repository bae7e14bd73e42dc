import Foundation
import Protocol
import Synchronization
import TestSupport

/// A node as the central server sees one: it enrols and reports what the test has it say, over the
/// real protocol. It runs no virtual server.
final class ScriptedNode: Sendable {
  static let password = "correct horse battery"

  let key: PeerKey
  let name: String
  let userid: String
  let destination: PeerDestination
  let credentials: PeerCredentials
  let client: PeerClient
  private let numbers = Mutex((incarnation: UInt64(1), sequence: UInt64(0)))

  private init(
    key: PeerKey, grant: EnrolmentGrant, authority: AuthorityCertificate,
    destination: PeerDestination
  ) throws {
    self.key = key
    name = grant.node
    userid = grant.userid
    self.destination = destination
    credentials = try PeerCredentials(
      key: key, certificate: PEMText.certificateDER(grant.certificate), authority: authority)
    client = try PeerClient(.credentials(CredentialStore(credentials)))
  }

  /// Registers a user with a first node.
  static func register(
    _ userid: String, at central: CentralProcess, password: String = password,
    invitation: String? = nil, to destination: PeerDestination? = nil
  ) async throws -> ScriptedNode {
    let key = PeerKey()
    let request = RegistrationRequest(
      userid: userid, password: password, invitation: invitation,
      certificateRequest: PEMText.certificateRequest(try key.signingRequest()))
    return try await enrol(
      "/v1/register", request, key, at: central, to: destination ?? central.destination)
  }

  /// Another node of a user, or the same one for the same key.
  static func logIn(
    _ userid: String, at central: CentralProcess, password: String = password,
    key: PeerKey = PeerKey(), to destination: PeerDestination? = nil
  ) async throws -> ScriptedNode {
    let request = LoginRequest(
      userid: userid, password: password,
      certificateRequest: PEMText.certificateRequest(try key.signingRequest()))
    return try await enrol(
      "/v1/login", request, key, at: central, to: destination ?? central.destination)
  }

  private static func enrol(
    _ path: String, _ request: some Encodable & Sendable, _ key: PeerKey,
    at central: CentralProcess, to destination: PeerDestination
  ) async throws -> ScriptedNode {
    let authority = try await PeerClient.authority(at: destination, pin: central.fingerprint)
    let stranger = try PeerClient(.authority(authority))
    defer { stranger.shutDown() }
    let grant = try await stranger.send(
      .post(path, request), to: destination, expecting: .centralServer, as: EnrolmentGrant.self)
    return try ScriptedNode(
      key: key, grant: grant, authority: authority, destination: destination)
  }

  /// Its daemon starts again.
  func restart() {
    numbers.withLock { $0 = ($0.incarnation + 1, 0) }
  }

  /// The next report.
  func makeReport(
    _ standing: PlacementReport.Standing = .seeking, capacity: Int = 10, uptime: Double = 60,
    revocations: UInt64 = 0
  ) -> PlacementReport {
    let (incarnation, sequence) = numbers.withLock { numbers in
      numbers.sequence += 1
      return numbers
    }
    return PlacementReport(
      incarnation: incarnation, sequence: sequence,
      environment: NodeEnvironment(limitCount: capacity, uptime: uptime), standing: standing,
      revocations: revocations)
  }

  /// Reports again when told to wait, as a node does; tests ask more often than nodes.
  func send(
    _ report: PlacementReport, to other: PeerDestination? = nil
  ) async throws -> PlacementAnswer {
    for _ in 0..<60 {
      do {
        return try await client.send(
          .post("/v1/report", report), to: other ?? destination, expecting: .centralServer)
      } catch let problem as ProblemDocument where problem.code == .rateLimited {
        try await Task.sleep(for: .seconds(problem.retryAfter ?? 1))
      }
    }
    throw WaitedInVain(what: "an answer", limit: .seconds(60))
  }

  func report(
    _ standing: PlacementReport.Standing = .seeking, capacity: Int = 10, uptime: Double = 60
  ) async throws -> PlacementAnswer {
    try await send(makeReport(standing, capacity: capacity, uptime: uptime))
  }

  /// Says goodbye.
  func leave() async throws {
    let report = makeReport()
    let farewell = PlacementFarewell(
      incarnation: report.incarnation, sequence: report.sequence)
    _ = try await client.send(
      .post("/v1/leave", farewell), to: destination, expecting: .centralServer, as: Empty.self)
  }

  private struct Empty: Codable, Sendable {}
}

extension PlacementAnswer {
  /// The first order to become a virtual server.
  var start: (group: UInt64, epoch: UInt64, limit: Int, clients: [String], membership: UInt64)? {
    for case .becomeVirtualServer(let group, let epoch, let limit, let clients, let membership)
      in instructions
    {
      return (group, epoch, limit, clients.map(\.node), membership)
    }
    return nil
  }

  var attach: (group: UInt64, epoch: UInt64, host: String, endpoint: NetworkEndpoint)? {
    for case .attach(let group, let epoch, let host, let endpoint) in instructions {
      return (group, epoch, host, endpoint)
    }
    return nil
  }

  var members: (nodes: [String], membership: UInt64)? {
    for case .members(let clients, let membership) in instructions {
      return (clients.map(\.node), membership)
    }
    return nil
  }

  var isRenewed: Bool {
    instructions.contains { if case .renewed = $0 { true } else { false } }
  }
}

extension PlacementReport.Standing {
  /// The standing after an order to start, at a port.
  static func serving(
    _ order: (group: UInt64, epoch: UInt64, limit: Int, clients: [String], membership: UInt64),
    port: UInt16 = 7441, address: String = "127.0.0.1", membership: UInt64? = nil,
    missing: [GroupClient] = []
  ) -> PlacementReport.Standing {
    .serving(
      group: order.group, epoch: order.epoch,
      endpoint: NetworkEndpoint(address: address, port: port),
      membership: membership ?? order.membership, missing: missing)
  }
}
