import Foundation
import Logging
public import Protocol
public import SearchModel

/// A virtual server inside the caller's process: production's index, service, coordinator, routes and
/// mutual TLS, without the pipes and files of ``VirtualServerProcess``. For measuring many of them.
public final class InProcessVirtualServer: Sendable {
  public let host: NodeIdentity
  /// The one that it was started with, as others see it.
  public let engine: any FullTextEngine

  private let service: GroupService
  private let server: PeerServer
  private let client: PeerClient

  /// Listens on a free port of 127.0.0.1. It serves no group before a command says so.
  ///
  /// - Parameters:
  ///   - engine: belongs to the server until ``shutDown()``; closed by the caller afterwards.
  ///   - traffic: counts what comes in at the port and goes out.
  ///   - observe: sees each request to another machine, right before it is sent.
  public init(
    host: NodeIdentity, credentials: CredentialStore, engine: any FullTextEngine,
    limits: GroupServiceLimits = .init(), traffic: TrafficMeter? = nil,
    observe: @escaping PeerClient.RequestObserver = { _, _ in }
  ) async throws {
    self.host = host
    self.engine = engine
    client = try PeerClient(.credentials(credentials), limits: limits.client, observe: observe)
    let index = try await GroupIndex(
      engine: engine, limits: limits.index, now: { Int64(Date().timeIntervalSince1970 * 1000) })
    service = GroupService(host: host, index: index, client: client, limits: limits)
    var setup = ServerSetup.network(host: "127.0.0.1", port: 0, credentials: credentials)
    setup.limits = limits.server
    setup.accepts = .anyNode
    traffic?.watch(&setup)
    server = try await PeerServer.start(
      setup, router: GroupRoutes.router(for: service),
      logger: Logger(label: "virtual-server") { _ in SwiftLogNoOpLogHandler() })
  }

  public var port: Int { server.port }

  public func take(_ command: VirtualServerCommand) async {
    // The effects concern a process around, and here is none.
    _ = await service.take(command)
  }

  /// Takes records of a node as if they had come over the network.
  ///
  /// - Throws: ``Protocol/ProblemDocument``.
  @discardableResult
  public func publish(
    _ request: PublicationRequest, by node: NodeIdentity
  ) async throws -> PublicationAnswer {
    try await service.publish(request, by: node)
  }

  public func shutDown() async {
    await server.shutDown(within: .seconds(3))
    client.shutDown()
    await service.index.close()
  }
}
