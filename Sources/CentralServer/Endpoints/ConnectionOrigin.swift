import NIOCore
import Protocol
import RouteTracing
import RouterBands

/// Where a connection comes from. The kernel tells how far the first packet came, once, of an
/// accepted connection whose listening socket was told to keep it.
enum ConnectionOrigin {
  /// What ``PeerRequestContext`` carries of it.
  struct Note: Sendable {
    var synTTL: Int?
  }

  static func keepFirstPackets(_ channel: any Channel) -> EventLoopFuture<Void> {
    // Where it is refused, silent nodes are placed by their network instead.
    try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
      of: NIOBSDSocket.Handle.self
    ) { try SavedSYN.keep(onListening: $0) }
    return channel.eventLoop.makeSucceededVoidFuture()
  }

  static func note(_ channel: any Channel) -> EventLoopFuture<(any Sendable)?> {
    let syn = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
      of: NIOBSDSocket.Handle.self
    ) { try SavedSYN.read(fromAccepted: $0) }
    return channel.eventLoop.makeSucceededFuture(Note(synTTL: syn??.timeToLive))
  }
}

extension PeerRequestContext {
  /// - Throws: ``ProblemDocument`` for a connection without an address, which no network has.
  func origin() throws -> NodeOrigin {
    // A link-local address comes with its zone.
    let text = connection.remoteAddress?.ipAddress?.prefix { $0 != "%" }
    guard let address = text.flatMap({ IPAddress($0) }) else {
      throw ProblemDocument.malformed("The connection has no address.")
    }
    return NodeOrigin(
      address: address, synTTL: (connection.note as? ConnectionOrigin.Note)?.synTTL)
  }
}
