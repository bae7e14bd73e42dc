import Hummingbird
import Protocol

/// The paths of a virtual server.
enum GroupRoutes {
  static func router(for service: GroupService) -> Router<PeerRequestContext> {
    let router = PeerServer.makeRouter()
    router.get("/v1/position") { _, context -> Response in
      try Response.message(await service.position(of: context.requireNode()))
    }
    router.post("/v1/records") { request, context -> Response in
      let node = try context.requireNode()
      try service.checkAdmission(of: node)
      let message = try await request.message(
        PublicationRequest.self, limits: PublicationLimits.json)
      return try Response.message(await service.publish(message, by: node))
    }
    router.post("/v1/presence") { request, context -> Response in
      let node = try context.requireNode()
      try service.checkAdmission(of: node)
      let message = try await request.message(PresenceMessage.self)
      // A link-local address comes with its zone.
      let address = context.connection.remoteAddress?.ipAddress?.prefix { $0 != "%" }
      return try Response.message(
        await service.presence(message, of: node, at: address.map(String.init)))
    }
    router.post("/v1/search") { request, context -> Response in
      let node = try context.requireNode()
      try service.checkAdmission(of: node)
      let message = try await request.message(
        GroupSearchRequest.self, limits: GroupServiceLimits.searchJSON)
      return try await Response.improving { improve in
        try await service.search(message, by: node, improve: improve)
      }
    }
    router.post("/v1/news") { request, context -> Response in
      let node = try context.requireNode()
      try service.checkAdmission(of: node)
      let message = try await request.message(
        NewsRequest.self, limits: GroupServiceLimits.searchJSON)
      return try Response.message(await service.news(message, by: node))
    }
    addPeerRoutes(to: router, for: service)
    CallRoutes.add(to: router, for: service)
    router.get("/v1/health") { _, context -> Response in
      try Response.message(await service.health(for: context.requireNode()))
    }
    return router
  }

  /// What other virtual servers ask.
  private static func addPeerRoutes(
    to router: Router<PeerRequestContext>, for service: GroupService
  ) {
    router.post("/v1/statistics") { request, context -> Response in
      let message = try await trusted(request, context, StatisticsRequest.self, service)
      return try Response.message(await service.statistics(message, by: context.requireNode()))
    }
    router.post("/v1/match") { request, context -> Response in
      let message = try await trusted(request, context, MatchRequest.self, service)
      return try Response.message(await service.matches(message, by: context.requireNode()))
    }
    router.post("/v1/changes") { request, context -> Response in
      let message = try await trusted(request, context, ChangesRequest.self, service)
      return try Response.message(await service.changes(message, by: context.requireNode()))
    }
    router.post("/v1/spellings") { request, context -> Response in
      let message = try await trusted(request, context, SpellingsRequest.self, service)
      return try Response.message(await service.spellings(message, by: context.requireNode()))
    }
    router.post("/v1/filter") { request, context -> Response in
      let message = try await trusted(request, context, FilterRequest.self, service)
      return try Response.message(await service.filter(message, by: context.requireNode()))
    }
  }

  private static func trusted<Message: Decodable>(
    _ request: Request, _ context: PeerRequestContext, _ type: Message.Type,
    _ service: GroupService
  ) async throws -> Message {
    try service.checkTrust(in: context.requireNode())
    return try await request.message(type, limits: GroupServiceLimits.searchJSON)
  }
}
