import Foundation
import Hummingbird
import Protocol

/// Where and how a node gives its files.
public struct FileServing: Hashable, Sendable {
  /// Nil for all addresses of the kind that the node is reached by.
  public var host: String?
  /// 0 for the one it had last, or any.
  public var port: UInt16
  public var limits: UploadLimits

  public init(host: String? = nil, port: UInt16 = 0, limits: UploadLimits = UploadLimits()) {
    self.host = host
    self.port = port
    self.limits = limits
  }

  /// Starts the server for the other nodes of the network.
  ///
  /// - Parameters:
  ///   - proof: says who asks.
  ///   - rendezvous: where those who were asked to call back come.
  ///   - address: where to listen unless ``host`` says so.
  ///   - folder: where the port is remembered.
  /// - Throws: ``Protocol/ServerStartError``.
  func start(
    _ service: FileService, proving proof: @escaping FileService.Proof,
    rendezvous: TunnelRendezvous, credentials: CredentialStore, address: String, folder: String
  ) async throws -> PeerServer {
    let remembered = RememberedPort(folder: folder, name: "file-port")
    let wanted = port == 0 ? remembered.value ?? 0 : port
    let router = service.router(proving: proof)
    rendezvous.addRoute(to: router, at: "/v1/tunnels/:token")
    let server: PeerServer
    do {
      server = try await start(router, credentials, at: host ?? address, wanted)
    } catch ServerStartError.addressInUse where port == 0 && wanted != 0 {
      server = try await start(router, credentials, at: host ?? address, 0)
    }
    remembered.keep(UInt16(server.port))
    return server
  }

  private func start(
    _ router: Router<PeerRequestContext>, _ credentials: CredentialStore, at host: String,
    _ port: UInt16
  ) async throws -> PeerServer {
    var setup = ServerSetup.network(host: host, port: Int(port), credentials: credentials)
    setup.accepts = .anyNode
    setup.limits.connections = 256
    setup.limits.connectionsPerAddress = 64
    setup.limits.concurrentRequests = max(64, 4 * limits.transfers)
    return try await PeerServer.start(setup, router: router)
  }
}
