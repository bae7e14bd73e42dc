import HTTPTypes
import Hummingbird

/// What both ends call a tunnel in the words of HTTP: a request that asks to upgrade to it is answered
/// with status 101, and from then on the connection is a pipe.
enum TunnelProtocol {
  static let name = "nearfind-tunnel"
}

extension Response {
  /// An answer that turns the connection into a tunnel.
  ///
  /// - Parameter serve: gets the pipe as soon as the answer is on its way. The connection is closed
  ///   when this has returned and the pipe has ended.
  /// - Throws: ``ProblemDocument`` unless the request asks for a tunnel, on a connection of its own.
  public static func tunnel(
    for request: Request, in context: PeerRequestContext,
    _ serve: @escaping @Sendable (TunnelPipe) async -> Void
  ) throws -> Response {
    guard request.headers[.upgrade]?.lowercased() == TunnelProtocol.name else {
      throw ProblemDocument(
        .upgradeRequired, status: 426, title: "Only as a tunnel",
        detail: "This path answers requests to upgrade to \(TunnelProtocol.name).",
        remedy: "Update Nearfind on both machines if they are of different versions.")
    }
    guard !context.connection.isTunnel else {
      throw ProblemDocument.forbidden(
        "There are no tunnels inside of tunnels.", remedy: "Ask on a connection of its own.")
    }
    context.connection.offerTunnel(serve)
    return Response(
      status: .switchingProtocols,
      headers: [.connection: "Upgrade", .upgrade: TunnelProtocol.name])
  }
}

extension ProblemCode {
  public static let upgradeRequired = Self(rawValue: "upgrade-required")
}
