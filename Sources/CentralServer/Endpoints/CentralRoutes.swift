import Hummingbird
import Logging
import Placement
import Protocol

/// The paths of a central server. Each maps a message to the rules and their answer back.
struct CentralRoutes: Sendable {
  let service: CentralService
  /// The program's, for people to read.
  let version: String
  let reachability: ReachabilityDesk

  /// The paths that need no certificate.
  static let openPaths: Set<String> = [
    "/v1/authority", "/v1/register", "/v1/login", "/v1/health",
  ]

  /// Names and passwords need little; so does what a node says, but for what it misses.
  private static let enrolmentLimits = JSONLimits(
    byteCount: 64 * 1024, depth: 4, valueCount: 32, stringByteCount: 32 * 1024)
  private static let reportLimits = JSONLimits(
    byteCount: 1 << 20, depth: 12, valueCount: 40_000, stringByteCount: 1024)

  func makeRouter() -> Router<PeerRequestContext> {
    let router = PeerServer.makeRouter()
    addEnrolment(to: router)
    addPlacement(to: router)
    router.get("/v1/health") { [self] _, _ in
      try Response.message(
        HealthInformation(
          isLeading: await service.placement.isLeading,
          leader: await service.placement.leader?.address))
    }
    return router
  }

  private func addEnrolment(to router: Router<PeerRequestContext>) {
    router.get("/v1/authority") { [self] request, context in
      try await answer(request, context) {
        let mode = try await service.store.settings().registration
        return AuthorityInformation(
          authorityCertificate: PEMText.certificate(service.authority.certificate.der),
          registration: .init(mode), version: version)
      }
    }
    router.post("/v1/register") { [self] request, context in
      try await answer(request, context) {
        try await service.desk.register(
          try await request.message(limits: Self.enrolmentLimits), from: context.origin().address)
      }
    }
    router.post("/v1/login") { [self] request, context in
      try await answer(request, context) {
        try await service.desk.login(
          try await request.message(limits: Self.enrolmentLimits), from: context.origin().address)
      }
    }
    router.post("/v1/renew") { [self] request, context in
      try await answer(request, context) {
        let node = try member(context)
        return try await service.desk.renew(
          try await request.message(limits: Self.enrolmentLimits), of: node)
      }
    }
    router.post("/v1/password") { [self] request, context in
      try await answer(request, context) {
        let node = try member(context)
        try await service.desk.changePassword(
          try await request.message(limits: Self.enrolmentLimits), of: node,
          from: context.origin().address)
        return Acknowledgement()
      }
    }
  }

  private func addPlacement(to router: Router<PeerRequestContext>) {
    router.post("/v1/report") { [self] request, context in
      try await answer(request, context) {
        let node = try member(context)
        let name = NodeID(node.node.text)
        let answer = try await service.placement.report(
          try await request.message(limits: Self.reportLimits), of: name,
          from: try context.origin())
        do {
          // Tracing a route takes a while, and its right may have been taken back meanwhile.
          _ = try member(context)
        } catch {
          _ = await service.placement.expel(name)
          throw error
        }
        return answer
      }
    }
    router.post("/v1/leave") { [self] request, context in
      try await answer(request, context) {
        let node = try member(context)
        try await service.placement.leave(
          try await request.message(limits: Self.enrolmentLimits), of: NodeID(node.node.text))
        return Acknowledgement()
      }
    }
    router.post("/v1/reachability") { [self] request, context in
      try await answer(request, context) {
        _ = try member(context)
        return try await reachability.answer(
          try await request.message(limits: Self.enrolmentLimits), in: context)
      }
    }
    router.get("/v1/revocations") { [self] request, context in
      try await answer(request, context) {
        _ = try member(context)
        let text = request.uri.queryParameters["after"] ?? "0"
        guard let revision = UInt64(text) else {
          throw ProblemDocument.malformed("The parameter after is no number.")
        }
        return service.book.delta(after: revision)
          ?? RevocationDelta(revision: service.book.revision)
      }
    }
  }

  /// The node that asks, by its certificate.
  ///
  /// - Throws: ``ProblemDocument`` for anybody else, and for one whose right was taken back.
  private func member(_ context: PeerRequestContext) throws -> NodeIdentity {
    let node = try context.requireNode()
    guard !service.book.isRevoked(node) else {
      throw ProblemDocument(CertificateProblem.revoked(.node(node)))
    }
    return node
  }

  private func answer<Answer: Encodable>(
    _ request: Request, _ context: PeerRequestContext,
    _ work: () async throws -> Answer
  ) async throws -> Response {
    do {
      return try Response.message(try await work())
    } catch {
      let problem =
        switch error {
        case let error as EnrolmentError: ProblemDocument(error)
        case let error as PlacementRefusal: ProblemDocument(error)
        case let error as CentralStoreError: ProblemDocument(error)
        case let error as SigningRequestProblem: ProblemDocument.malformed("\(error)")
        case let error as PeerNameProblem:
          ProblemDocument(EnrolmentError.badIdentifier(.tooLong), because: error)
        case let error as ProblemDocument: error
        default: throw error
        }
      // Neither what was sent nor whose name it gave: both may be mistyped passwords.
      service.logger.info(
        "Refused",
        metadata: [
          "path": "\(request.uri.path.prefix(40))", "problem": "\(problem.code)",
          "address": "\(context.connection.remoteAddress?.ipAddress ?? "unknown")",
          "peer": "\(Self.name(of: context.caller))",
        ])
      throw problem
    }
  }

  private static func name(of caller: Caller) -> String {
    if case .peer(let identity) = caller { "\(identity)" } else { "stranger" }
  }
}

extension ProblemDocument {
  fileprivate init(_ error: EnrolmentError, because problem: PeerNameProblem) {
    self.init(error)
    detail = problem.description
  }
}

extension AuthorityInformation.Registration {
  fileprivate init(_ mode: RegistrationMode) {
    switch mode {
    case .open: self = .open
    case .invitation: self = .invitation
    case .closed: self = .closed
    }
  }
}

/// The answer to what has none of its own.
struct Acknowledgement: Codable, Hashable, Sendable {}

/// `GET /v1/health`: that the process answers, and whether it places nodes.
struct HealthInformation: Codable, Hashable, Sendable {
  var isLeading: Bool
  /// Who does instead, if known.
  var leader: String?
}
