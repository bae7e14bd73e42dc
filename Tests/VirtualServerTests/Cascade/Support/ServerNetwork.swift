import Foundation
import Hummingbird
import Logging
import Protocol
import SearchModel
import Synchronization

@testable import VirtualServer

/// A virtual server of a test's network: the product's service behind the product's server.
final class NetworkMember: Sendable {
  let group: UInt64
  let host: NodeIdentity
  let engine: ObservedEngine
  let service: GroupService
  private let credentials: CredentialStore
  private let limits: GroupServiceLimits
  private let server = Mutex<PeerServer?>(nil)
  private let lastPort = Mutex(0)

  init(
    _ group: UInt64, world: World, engine: any FullTextEngine, limits: GroupServiceLimits,
    now: @escaping @Sendable () -> ContinuousClock.Instant
  ) async throws {
    self.group = group
    self.limits = limits
    host = try World.node("user\(group)", "node\(group)")
    self.engine = ObservedEngine(engine)
    let index = try await GroupIndex(engine: self.engine, now: { 0 })
    credentials = try CredentialStore(world.credentials(.node(host)))
    service = GroupService(
      host: host, index: index, client: try world.client(.node(host)), limits: limits, now: now)
    _ = await service.take(
      .serve(group: group, epoch: 1, limitCount: 5, clients: [], membership: 1))
  }

  /// Listens at the port where it listened before.
  func start() async throws {
    let port = lastPort.withLock { $0 }
    let server = try await ServerNetwork.server(
      credentials, port: port, limits: limits.server, GroupRoutes.router(for: service))
    lastPort.withLock { $0 = server.port }
    self.server.withLock { $0 = server }
  }

  func stop() async {
    let server = server.withLock { $0.take() }
    await server?.shutDown(within: .zero)
  }

  var entry: DirectoryEntry { entry(at: lastPort.withLock { $0 }) }

  func entry(at port: Int, band: String? = nil) -> DirectoryEntry {
    DirectoryEntry(
      group: group, epoch: 1, host: host.node.text,
      endpoint: NetworkEndpoint(address: "127.0.0.1", port: UInt16(port)),
      band: band ?? ServerNetwork.band(of: group))
  }

  func put(_ records: [Record]) async throws {
    try await engine.apply(records.map(RecordChange.put))
    _ = try await engine.commit(notes: [:])
  }
}

/// Virtual servers in this process that know each other and talk over mutual TLS on loopback.
final class ServerNetwork: Sendable {
  let world: World
  let members: [NetworkMember]

  /// - Parameters:
  ///   - parts: the records of each.
  ///   - makeEngine: an empty engine for each.
  init(
    _ parts: [[Record]], limits: GroupServiceLimits = .generous,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    engine makeEngine: (Int) throws -> any FullTextEngine
  ) async throws {
    let world = try World()
    var members: [NetworkMember] = []
    for (number, part) in parts.enumerated() {
      let member = try await NetworkMember(
        UInt64(number + 1), world: world, engine: try makeEngine(number), limits: limits, now: now)
      if !part.isEmpty { try await member.put(part) }
      try await member.start()
      members.append(member)
    }
    self.world = world
    self.members = members
    await introduce(members.map(\.entry))
  }

  /// The first three are of one band, the others of one each.
  static func band(of group: UInt64) -> String {
    group <= 3 ? "4:127.0.0.0/24" : "4:127.0.\(group).0/24"
  }

  /// Tells all members of these in place of whom they knew.
  func introduce(_ entries: [DirectoryEntry]) async {
    for member in members {
      _ = await member.service.take(.directory(Self.directory(entries)))
    }
  }

  static func directory(_ entries: [DirectoryEntry]) -> DirectoryDelta {
    DirectoryDelta(
      version: DirectoryVersion(term: 1, number: UInt64(entries.count)), startsAnew: true,
      entries: entries)
  }

  func stop() async {
    for member in members { await member.stop() }
  }

  /// What the first member's coordinator answers to its own node, and how long that took.
  @discardableResult
  func search(
    _ request: SearchRequest, scope: String = "everywhere", isStrict: Bool = true,
    deadline: Int64 = 60_000, improve: @escaping @Sendable (GroupSearchAnswer) -> Void = { _ in }
  ) async throws -> (answer: GroupSearchAnswer, elapsed: Duration) {
    let start = ContinuousClock.now
    let answer = try await members[0].service.search(
      GroupSearchRequest(
        request: request, isStrict: isStrict, scope: scope, deadline: deadline),
      by: members[0].host, improve: improve)
    return (answer, .now - start)
  }

  static func server(
    _ credentials: CredentialStore, port: Int = 0, limits: ServerLimits,
    _ router: Router<PeerRequestContext>
  ) async throws -> PeerServer {
    var setup = ServerSetup.network(host: "127.0.0.1", port: port, credentials: credentials)
    setup.limits = limits
    setup.accepts = .anyNode
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return try await PeerServer.start(setup, router: router, logger: logger)
  }
}

extension GroupServiceLimits {
  /// For tests of something else, on machines that are slow.
  static var generous: GroupServiceLimits {
    var limits = GroupServiceLimits()
    limits.searchTime = .seconds(120)
    limits.server.requests = .init(perSecond: 1_000_000, burst: 1_000_000)
    limits.server.concurrentRequestsPerIdentity = 160
    return limits
  }
}

extension GroupSearchAnswer {
  var names: [String] { answer.answer.hits.map(\.record.filename) }

  /// The groups that came to this end.
  func groups(_ outcome: Completeness.Outcome) -> [UInt64] {
    coverage.servers.filter { $0.outcome == outcome }.map(\.group).sorted()
  }

  func reason(of group: UInt64) -> String {
    coverage.servers.first { $0.group == group }?.reason ?? ""
  }
}
