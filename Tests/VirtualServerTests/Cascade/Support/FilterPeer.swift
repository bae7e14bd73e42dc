import Hummingbird
import Protocol
import Synchronization

@testable import VirtualServer

/// A virtual server that answers as it should, except when it is asked for its filter.
final class FilterPeer: Sendable {
  private let server: PeerServer
  private let asked: Counter

  private final class Counter: Sendable {
    let count = Mutex(0)
  }

  /// - Parameter filter: what it answers then.
  init(
    as member: NetworkMember, in world: World, filter: @escaping @Sendable () throws -> Response
  ) async throws {
    let asked = Counter()
    self.asked = asked
    let router = PeerServer.makeRouter()
    router.post("/v1/statistics") { request, context -> Response in
      try .message(
        await member.service.statistics(
          try await request.message(StatisticsRequest.self), by: context.requireNode()))
    }
    router.post("/v1/match") { request, context -> Response in
      try .message(
        await member.service.matches(
          try await request.message(MatchRequest.self), by: context.requireNode()))
    }
    router.post("/v1/filter") { _, _ -> Response in
      asked.count.withLock { $0 += 1 }
      return try filter()
    }
    server = try await ServerNetwork.server(
      CredentialStore(world.credentials(.node(member.host))),
      limits: GroupServiceLimits.generous.server, router)
  }

  var port: Int { server.port }

  /// How often it was asked for it.
  var askCount: Int { asked.count.withLock { $0 } }

  func stop() async { await server.shutDown(within: .zero) }
}
