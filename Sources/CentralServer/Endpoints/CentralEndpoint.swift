import Glibc
public import Protocol

/// A central server that listens.
public struct CentralEndpoint: Sendable {
  private let server: PeerServer
  /// The port that was chosen if none was named.
  public var port: Int { server.port }

  /// - Parameter version: the program's, for people to read.
  /// - Throws: `ServerStartError`.
  public static func start(
    _ service: CentralService, host: String, port: Int, version: String
  ) async throws -> CentralEndpoint {
    var setup = ServerSetup.network(
      host: host, port: port, credentials: service.credentials,
      clientCertificates: .optional(openPaths: CentralRoutes.openPaths))
    setup.limits = limits(openFiles: raiseOpenFileLimit())
    setup.prepareListener = ConnectionOrigin.keepFirstPackets
    setup.observeAccepted = ConnectionOrigin.note
    var limits = ClientLimits()
    limits.connecting = .seconds(3)
    limits.handshake = .seconds(3)
    let desk = ReachabilityDesk(
      client: try PeerClient(.credentials(service.credentials), limits: limits))
    let router = CentralRoutes(service: service, version: version, reachability: desk).makeRouter()
    return CentralEndpoint(
      server: try await PeerServer.start(setup, router: router, logger: service.logger))
  }

  /// Answers what is under way, then closes all connections.
  public func shutDown(within limit: Duration) async {
    await server.shutDown(within: limit)
  }

  /// Every virtual server's host keeps a connection, attached nodes come now and then.
  private static func limits(openFiles: Int) -> ServerLimits {
    var limits = ServerLimits()
    limits.connections = max(64, min(20_000, openFiles - 256))
    // Whole campuses stand behind one address.
    limits.connectionsPerAddress = max(64, limits.connections / 4)
    limits.concurrentRequests = 4096
    limits.concurrentRequestsPerIdentity = 4
    limits.requests = TokenBuckets<String>.Rate(perSecond: 20, burst: 60)
    limits.body = .seconds(30)
    return limits
  }

  /// As many as the system's administrator allows; shells give less to begin with.
  private static func raiseOpenFileLimit() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    var raised = limit
    raised.rlim_cur = limit.rlim_max
    if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
    return Int(clamping: limit.rlim_cur)
  }
}
