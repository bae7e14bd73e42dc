import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// Stands before the routes: the protocol's version, who calls, how often, and how many at once.
final class PeerResponder: Sendable {
  private let setup: ServerSetup
  private let routes: RouterResponder<PeerRequestContext>
  private let logger: Logger
  private let gate: Mutex<RequestGate>
  private let peerRates: Mutex<TokenBuckets<String>>
  private let strangerRates: Mutex<TokenBuckets<String>>
  private let isDraining = Mutex(false)

  init(setup: ServerSetup, routes: RouterResponder<PeerRequestContext>, logger: Logger) {
    self.setup = setup
    self.routes = routes
    self.logger = logger
    let limits = setup.limits
    gate = Mutex(
      RequestGate(
        total: limits.concurrentRequests, perKey: limits.concurrentRequestsPerIdentity))
    peerRates = Mutex(TokenBuckets(rate: limits.requests, capacity: limits.rateKeys))
    strangerRates = Mutex(
      TokenBuckets(rate: limits.requestsOfStrangers, capacity: limits.rateKeys))
  }

  func drain() {
    isDraining.withLock { $0 = true }
  }

  /// Answers one request. Returns when the last byte of the answer is on its way.
  func respond(
    to request: Request, connection: ServerConnection, writer: consuming ResponseWriter,
    channel: any Channel
  ) async throws {
    let caller: Caller
    do throws(ProblemDocument) {
      caller = try admit(request, connection)
    } catch {
      logger.info(
        "Refused a request",
        metadata: [
          "peer": "\(Self.name(of: connection))", "path": "\(request.uri.path.prefix(100))",
          "problem": "\(error.code)",
        ])
      // Nothing else can come of this connection, unless it was only too fast.
      var response = error.response
      if error.code != .rateLimited {
        try await channel.triggerUserOutboundEvent(EndAfterAnswer())
        response.headers[.connection] = "close"
      }
      try await writer.write(response: response.head, body: response.body)
      return
    }
    let key = Self.key(of: caller, connection)
    guard gate.withLock({ $0.enter(key) }) else {
      let response = ProblemDocument.overloaded.response
      try await writer.write(response: response.head, body: response.body)
      return
    }
    let seat = RequestSeat { [self] in gate.withLock { $0.leave(key) } }
    defer { seat.leave() }
    let source = PeerRequestSource(
      logger: logger, caller: caller, connection: connection, seat: seat)
    var response: Response
    do {
      response = try await routes.respond(to: request, context: PeerRequestContext(source: source))
    } catch {
      response = ProblemMiddleware.response(to: error, logger: logger)
    }
    if response.status == .switchingProtocols, let serve = connection.takeTunnelOffer() {
      seat.leave()
      // Whoever offers it hears of a connection that has ended by its pipe.
      try? await writer.write(response: response.head, body: response.body)
      await serve(TunnelPipe(channel))
      // Until then the connection is not to be read for another request.
      try? await channel.closeFuture.get()
      return
    }
    if isDraining.withLock({ $0 }) { response.headers[.connection] = "close" }
    try await writer.write(response: response.head, body: response.body)
  }

  private func admit(
    _ request: Request, _ connection: ServerConnection
  ) throws(ProblemDocument) -> Caller {
    if isDraining.withLock({ $0 }) { throw .shuttingDown }
    let caller = try identify(request, connection)
    try limitRate(of: caller, connection)
    if let refusal = ProtocolVersion.refusal(of: request.uri.path) { throw refusal }
    if let length = request.headers[.contentLength], Int(length) == nil {
      throw .malformed("The length of the body is no number that can be used.")
    }
    return caller
  }

  private func identify(
    _ request: Request, _ connection: ServerConnection
  ) throws(ProblemDocument) -> Caller {
    let (store, demanded): (CredentialStore, ServerSetup.ClientCertificates)
    switch setup.admission {
    case .certificates(let known, let asked): (store, demanded) = (known, asked)
    // The socket was checked when the connection was accepted.
    case .sameUser: return .localUser(connection.userID ?? .max)
    case .anyProgram: return .stranger
    }
    let caller: Caller
    do throws(CertificateProblem) {
      caller = try connection.caller(
        at: setup.now(), revocations: store.revocations, accepting: setup.accepts)
    } catch {
      // Whose certificate is no good may come for a new one where nobody needs any.
      guard Self.isOpen(request.uri.path, demanded) else { throw ProblemDocument(error) }
      return .stranger
    }
    if caller == .stranger, !Self.isOpen(request.uri.path, demanded) {
      throw ProblemDocument(.missing)
    }
    return caller
  }

  private static func isOpen(
    _ path: String, _ demanded: ServerSetup.ClientCertificates
  ) -> Bool {
    if case .optional(let openPaths) = demanded { openPaths.contains(path) } else { false }
  }

  private func limitRate(
    of caller: Caller, _ connection: ServerConnection
  ) throws(ProblemDocument) {
    let time = Double(NIODeadline.now().uptimeNanoseconds) / 1e9
    let key = Self.key(of: caller, connection)
    let wait: Double?
    switch caller {
    case .localUser: return
    case .peer: wait = peerRates.withLock { $0.take(key, at: time) }
    case .stranger: wait = strangerRates.withLock { $0.take(key, at: time) }
    }
    if let wait { throw .rateLimited(retryAfter: max(1, Int(min(wait, 3600).rounded(.up)))) }
  }

  /// What counts as one peer.
  private static func key(of caller: Caller, _ connection: ServerConnection) -> String {
    switch caller {
    case .peer(let identity): identity.uri
    case .localUser(let number): "user \(number)"
    case .stranger: AddressKey.text(of: connection.remoteAddress) ?? "nowhere"
    }
  }

  private static func name(of connection: ServerConnection) -> String {
    let address = AddressKey.text(of: connection.remoteAddress) ?? "local"
    guard let identity = connection.certificate?.identity else { return address }
    return "\(identity) at \(address)"
  }
}

/// What is counted as one address: all of an IPv4 address, the network half of an IPv6 one, of which
/// every household has 2^64.
enum AddressKey {
  static func text(of address: SocketAddress?) -> String? {
    switch address {
    case .v4: return address?.ipAddress
    case .v6(let six):
      let bytes = withUnsafeBytes(of: six.address.sin6_addr) { Array($0) }
      let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
      if isMapped { return bytes[12...].map(String.init).joined(separator: ".") }
      return bytes[..<8].map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
    default: return nil
    }
  }
}
