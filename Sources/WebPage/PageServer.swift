import Foundation
import Hummingbird
import Node
import Protocol
import QueryLanguage

/// The web page of this machine's daemon, for the browsers of its user.
public final class PageServer: Sendable {
  public let address: PageAddress
  private let server: PeerServer
  private let note: PageNote

  /// Starts answering.
  ///
  /// - Parameters:
  ///   - port: nil for the one of the last time, or another if that is taken.
  ///   - dataDirectory: where `nearfind open` finds the address.
  /// - Throws: `ServerStartError`; what writing the note or reading the page's files throws.
  public static func start(
    _ daemon: NodeDaemon, port: Int?, dataDirectory: String
  ) async throws -> PageServer {
    let note = PageNote(dataDirectory: dataDirectory)
    let last = try note.read()
    let files = try PageFiles()
    // Another each time: whoever listened at the port meanwhile may have been shown the last one.
    let token = PageAddress.newToken()
    let server: PeerServer
    let service = PageService(daemon: daemon, files: files, token: token)
    do {
      server = try await service.listen(on: port ?? last?.port ?? 0)
    } catch ServerStartError.addressInUse where port == nil {
      server = try await service.listen(on: 0)
    }
    let address = PageAddress(port: server.port, token: token)
    try note.write(address)
    return PageServer(address: address, server: server, note: note)
  }

  private init(address: PageAddress, server: PeerServer, note: PageNote) {
    self.address = address
    self.server = server
    self.note = note
  }

  /// Ends open requests after `limit`.
  public func shutDown(within limit: Duration) async {
    await server.shutDown(within: limit)
  }
}

/// Answers the page's requests.
struct PageService: Sendable {
  let daemon: NodeDaemon
  let files: PageFiles
  let token: String

  static let limits = JSONLimits(byteCount: 64 << 10, depth: 4, valueCount: 100)

  func listen(on port: Int) async throws -> PeerServer {
    var setup = ServerSetup.loopback(port: port)
    // One person typing, in a few windows.
    setup.limits.requestsOfStrangers = .init(perSecond: 100, burst: 400)
    setup.limits.connections = 64
    setup.limits.connectionsPerAddress = 64
    let hosts = PageHosts()
    let server = try await PeerServer.start(setup, router: router(hosts))
    hosts.set(port: server.port)
    return server
  }

  private func router(_ hosts: PageHosts) -> Router<PeerRequestContext> {
    let router = PeerServer.makeRouter()
    router.add(middleware: PageGuard(hosts: hosts, token: token, openPaths: Set(files.paths)))
    for path in files.paths {
      router.get(RouterPath(path)) { [files] _, _ -> Response in
        guard let response = files.response(at: path) else { throw HTTPError(.notFound) }
        return response
      }
    }
    router.get("/v1/page/status") { [daemon] _, _ -> Response in
      try Response.message(await daemon.status())
    }
    router.post("/v1/page/search") { [daemon] request, _ -> Response in
      let message = try await request.message(PageSearchRequest.self, limits: Self.limits)
      let search = try PageSearch(
        message,
        moment: QueryMoment(now: Int64(Date().timeIntervalSince1970), timeZone: .current))
      return try await Response.improving { improve in
        try await LocalService.answering {
          search.answer(
            of: try await daemon.search(search.request) { improve(search.answer(of: $0)) })
        }
      }
    }
    return router
  }
}
