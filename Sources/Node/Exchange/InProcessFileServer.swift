public import Protocol
import SearchModel

/// The files of a catalog given out by the caller's process: production's service and mutual TLS,
/// without a daemon around. For measuring.
public final class InProcessFileServer: Sendable {
  private let server: PeerServer

  /// Listens on a free port of 127.0.0.1 and gives what the catalog shares with everyone.
  public init(
    catalog: Catalog, credentials: CredentialStore, limits: UploadLimits = UploadLimits()
  ) async throws {
    let contents = SharedContents(catalog: catalog, doubted: { _ in })
    let service = FileService(contents: contents, turns: UploadTurns(limits)) { _ in }
    var setup = ServerSetup.network(host: "127.0.0.1", port: 0, credentials: credentials)
    setup.accepts = .anyNode
    server = try await PeerServer.start(
      setup,
      router: service.router { node, _ in
        Viewer(userID: node.user.text, isInOwnersBand: false)
      })
  }

  public var endpoint: NetworkEndpoint {
    NetworkEndpoint(address: "127.0.0.1", port: UInt16(server.port))
  }

  public func shutDown() async {
    await server.shutDown(within: .seconds(1))
  }
}
