import Hummingbird
import Logging

/// What a handler knows of a request besides the request itself.
public struct PeerRequestContext: RequestContext {
  public typealias Source = PeerRequestSource

  public var coreContext: CoreRequestContextStorage
  /// Found from the certificate or the socket for this request, never from a message.
  public let caller: Caller
  public let connection: ServerConnection

  private let seat: RequestSeat

  public init(source: PeerRequestSource) {
    seat = source.seat
    coreContext = .init(source: source)
    caller = source.caller
    connection = source.connection
  }

  /// The request counts no more among those that are served at once. For one that is held open and
  /// costs nothing meanwhile; whoever calls this bounds their number itself.
  public func leaveSeat() { seat.leave() }

  /// - Throws: ``ProblemDocument`` unless the caller is a node.
  public func requireNode() throws -> NodeIdentity {
    guard case .peer(.node(let node)) = caller else {
      throw ProblemDocument.forbidden(
        "Only a node may do this.", remedy: "Register this machine with its central server.")
    }
    return node
  }

  /// - Throws: ``ProblemDocument`` unless the caller is the central server.
  public func requireCentralServer() throws {
    guard caller == .peer(.centralServer) else {
      throw ProblemDocument.forbidden(
        "Only the central server may do this.", remedy: "Leave it to the central server.")
    }
  }
}

/// What a ``PeerRequestContext`` is made of.
public struct PeerRequestSource: RequestContextSource {
  public let logger: Logger
  let caller: Caller
  let connection: ServerConnection
  let seat: RequestSeat
}
