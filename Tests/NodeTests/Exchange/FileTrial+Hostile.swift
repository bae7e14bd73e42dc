import Foundation
import Hummingbird
import NIOCore

@testable import Node
@testable import Protocol

extension FileTrial {
  /// A node that answers anything to everything.
  func hostile(
    _ name: String, _ answer: @escaping @Sendable (_ path: String, _ range: Range<Int>) -> [UInt8]
  ) async throws -> (FileSource, PeerServer) {
    let router = PeerServer.makeRouter()
    router.get(RouterPath(FilePaths.piecesRoute)) { request, _ -> Response in
      Self.octets(answer(request.uri.path, 0..<0))
    }
    router.get(RouterPath(FilePaths.bytesRoute)) { request, _ -> Response in
      let from = request.uri.queryParameters.get("from", as: Int.self) ?? 0
      let count = request.uri.queryParameters.get("count", as: Int.self) ?? 0
      return Self.octets(answer(request.uri.path, from..<(from + count)))
    }
    let node = NodeIdentity(user: try PeerName("mallory"), node: try PeerName(name))
    let server = try await network.server(.node(node), router)
    return (
      FileSource(
        node: node, endpoint: NetworkEndpoint(address: "127.0.0.1", port: UInt16(server.port))),
      server
    )
  }

  private static func octets(_ bytes: [UInt8]) -> Response {
    Response(
      status: .ok,
      body: ResponseBody { writer in
        try await writer.write(ByteBuffer(bytes: bytes))
        try await writer.finish(nil)
      })
  }
}
