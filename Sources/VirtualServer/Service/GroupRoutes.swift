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
      return try Response.message(await service.search(message, by: node))
    }
    router.get("/v1/health") { _, context -> Response in
      try Response.message(await service.health(for: context.requireNode()))
    }
    return router
  }
}
