import Hummingbird
import Protocol

/// The paths by which a node that cannot be reached is met all the same.
enum CallRoutes {
  static func add(to router: Router<PeerRequestContext>, for service: GroupService) {
    addCalls(to: router, for: service)
    addRelays(to: router, for: service)
    router.post("/v1/reachability") { request, context -> Response in
      try service.checkTrust(in: context.requireNode())
      var answer = try await service.reachability.answer(
        try await request.message(), in: context)
      answer.relayRate = service.limits.relays.rate
      return try Response.message(answer)
    }
  }

  private static func addCalls(to router: Router<PeerRequestContext>, for service: GroupService) {
    router.get("/v1/calls") { _, context -> Response in
      let node = try context.requireNode()
      try service.checkAdmission(of: node)
      // There is one of each attached node, and it costs nothing while it waits.
      context.leaveSeat()
      let calls = service.calls.listen(node)
      return Response.messages { lines in
        try await lines.write(CallLine())
        for try await call in SignsOfLife(calls, every: service.limits.calls.signOfLife) {
          try await lines.write(CallLine(call: call))
        }
      }
    }
    router.post("/v1/calls") { request, context -> Response in
      let caller = try context.requireNode()
      try service.checkTrust(in: caller)
      let message = try await request.message(CallRequest.self)
      try service.checkCallable(message.owner)
      guard let address = context.callerAddress, message.port > 0 else {
        throw ProblemDocument.forbidden(
          "Only who has connected to this virtual server and listens itself can be called back.",
          remedy: "Ask for a relay.")
      }
      try await service.calls.call(
        message.owner, by: caller,
        at: .caller(NetworkEndpoint(address: address, port: message.port)), token: message.token)
      return try Response.message(CallAnswer())
    }
    router.post("/v1/calls/outcome") { request, context -> Response in
      let node = try context.requireNode()
      try service.checkAdmission(of: node)
      let outcome = try await request.message(CallOutcome.self)
      service.calls.finish(
        outcome.number, by: node,
        outcome.problem.map { .failure($0.asCallFailure(of: node)) } ?? .success(()))
      return try Response.message(CallAnswer())
    }
  }

  private static func addRelays(to router: Router<PeerRequestContext>, for service: GroupService) {
    router.post("/v1/relays/to/:user/:node") { request, context -> Response in
      let caller = try context.requireNode()
      try service.checkTrust(in: caller)
      guard let owner = CallPath.owner(ofRelay: request.uri.path) else {
        throw ProblemDocument.malformed("The path names no node.")
      }
      try service.checkCallable(owner)
      let relay = try await service.relays.relay(caller, to: owner)
      return try Response.tunnel(for: request, in: context) { pipe in
        let ending = await relay.run(pipe)
        context.logger.info(
          "A relay ended", metadata: ["from": "\(caller)", "to": "\(owner)", "how": "\(ending)"])
      }
    }
    service.relays.rendezvous.addRoute(to: router, at: "/v1/relays/:token") { node in
      try service.checkAdmission(of: node)
    }
  }
}

extension GroupService {
  /// - Throws: ``Protocol/ProblemDocument`` for a node that is not attached here.
  func checkCallable(_ owner: NodeIdentity) throws(ProblemDocument) {
    do throws(ProblemDocument) {
      try checkAdmission(of: owner)
    } catch {
      throw ProblemDocument(
        .notAttached, status: 404, title: "The node is not here",
        detail: "\(owner) is not attached to this virtual server, so it cannot be called here.",
        remedy: "Search again: it may have moved to another virtual server.")
    }
  }
}

extension ProblemDocument {
  /// What a node says of its attempt, cut to what a refusal may be: a node could say anything.
  fileprivate func asCallFailure(of node: NodeIdentity) -> ProblemDocument {
    ProblemDocument(
      .calledInVain, status: 502, title: "It could not connect",
      detail: "\(node) was called and could not connect: \(detail.prefix(500))",
      remedy: "Open the port on this machine, or use a relay; nearfind doctor says more.")
  }
}
