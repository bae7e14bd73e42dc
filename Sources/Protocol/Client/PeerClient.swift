import Foundation
import NIOCore
import NIOSSL
import Synchronization

/// Talks to peers over mutual TLS, or to this machine's own daemon over its Unix socket.
///
/// Before anything is sent it is made sure that the other side is who is meant. Connections are kept
/// and used again. The task that waits for an answer can be cancelled: the connection is closed, and
/// the other side's handler is cancelled with it.
public final class PeerClient: Sendable {
  /// What the client shows and checks by.
  public enum Trust: Sendable {
    case credentials(CredentialStore)
    /// Shows nothing, for who has no certificate yet.
    case authority(AuthorityCertificate)
    /// For Unix sockets: the file's permissions are the check.
    case localSocket
  }

  public typealias RequestObserver =
    @Sendable (_ destination: PeerDestination, _ path: String) -> Void

  private let trust: Trust
  private let anonymousContext: NIOSSLContext?
  let limits: ClientLimits
  private let now: @Sendable () -> Date
  let observe: RequestObserver
  private let pool: ConnectionPool

  /// - Parameters:
  ///   - now: the wall clock that certificates are checked by.
  ///   - observe: sees where each request goes, right before it is sent; must not wait.
  /// - Throws: `NIOSSLError` if the TLS library does not start.
  public init(
    _ trust: Trust, limits: ClientLimits = .init(),
    now: @escaping @Sendable () -> Date = { Date() },
    observe: @escaping RequestObserver = { _, _ in }
  ) throws {
    self.trust = trust
    if case .authority = trust {
      anonymousContext = try TLS.clientContext(nil)
    } else {
      anonymousContext = nil
    }
    self.limits = limits
    self.now = now
    self.observe = observe
    pool = ConnectionPool(idleLimit: limits.idle, perDestination: limits.idleConnections)
  }

  /// What the client checks certificates by at present; nil where there is no authority.
  public var verifier: CertificateVerifier? {
    switch trust {
    case .credentials(let store): store.current.verifier
    case .authority(let authority): CertificateVerifier(authority: authority)
    case .localSocket: nil
    }
  }

  /// Sends a request and reads one message.
  ///
  /// - Throws: ``ProblemDocument`` for a refusal, ``PeerClientError``, `CancellationError`.
  public func send<Answer: Decodable & Sendable>(
    _ request: PeerRequest, to destination: PeerDestination, expecting expected: ExpectedPeer,
    as type: Answer.Type = Answer.self
  ) async throws -> Answer {
    try await exchange(request, with: destination, expecting: expected) { response in
      try await response.message(type)
    }
  }

  /// Sends a request whose answer improves: messages one a line, each better than the one before.
  ///
  /// - Parameter improve: is called with each as it comes.
  /// - Returns: the last one.
  /// - Throws: as ``send(_:to:expecting:as:)``; also when the answer ends early.
  public func sendImproving<Answer: Decodable & Sendable>(
    _ request: PeerRequest, to destination: PeerDestination, expecting expected: ExpectedPeer,
    limits: JSONLimits = ClientLimits().message, as type: Answer.Type = Answer.self,
    improve: @escaping @Sendable (Answer) -> Void
  ) async throws -> Answer {
    try await exchange(request, with: destination, expecting: expected) { response in
      var last: Answer?
      try await response.messages(type, limits: limits) { answer in
        improve(answer)
        last = answer
      }
      guard let last else { throw PeerClientError.connectionLost(destination) }
      return last
    }
  }

  /// Sends a request and has `receive` read the answer as it comes.
  ///
  /// - Parameter receive: called once at most, for an answer that does not refuse. What it leaves
  ///   unread is given up together with the connection.
  /// - Throws: as ``send(_:to:expecting:as:)``, and what `receive` throws.
  public func exchange<Value: Sendable>(
    _ request: PeerRequest, with destination: PeerDestination, expecting expected: ExpectedPeer,
    _ receive: @escaping @Sendable (inout PeerResponse) async throws -> Value
  ) async throws -> Value {
    while true {
      try Task.checkCancellation()
      let (connection, isUsed) = try await connection(to: destination, expecting: expected)
      observe(destination, request.path)
      let exchange = Exchange(connection: connection, request: request, limits: limits)
      do {
        let outcome = try await exchange.run(receive)
        if outcome.isReusable, isCurrent(connection) {
          pool.put(connection)
        } else {
          connection.abort()
        }
        return outcome.value
      } catch let unanswered as Exchange.Unanswered {
        connection.abort()
        // The other side may have closed a kept connection just when it was taken up again. A new
        // one tells; there are only so many kept ones to try.
        if isUsed, request.isRepeatable, !Task.isCancelled, !connection.hasTimedOut { continue }
        throw Task.isCancelled ? CancellationError() : unanswered.error
      } catch {
        connection.abort()
        throw Task.isCancelled ? CancellationError() : error
      }
    }
  }

  /// Asks a central server for its authority, to enrol there or to compare fingerprints.
  ///
  /// - Parameter pin: the fingerprint that is known; with nil the authority is taken as it comes.
  ///   Then anyone between here and there can pretend to be the central server: show the
  ///   fingerprint to the user and pin it, so that this holds only for the first time.
  /// - Throws: ``PeerClientError``; with a pin, ``PeerClientError/certificate(_:at:)`` when it is
  ///   another authority.
  public static func authority(
    at destination: PeerDestination, pin: AuthorityFingerprint?, limits: ClientLimits = .init(),
    now: @Sendable () -> Date = { Date() }
  ) async throws -> AuthorityCertificate {
    let handshake = ClientHandshake(
      context: try TLS.clientContext(nil), check: .discovery(pin: pin), expected: .centralServer,
      revocations: RevocationList(), now: now())
    let connection = try await ClientConnection.open(
      destination, handshake: handshake, generation: 0, limits: limits)
    defer { connection.abort() }
    guard case .success(let finding)? = connection.finding.value else {
      throw PeerClientError.handshakeRefused(destination)
    }
    return finding.authority
  }

  /// Closes the connections that are kept. Requests after this fail, running ones end.
  public func shutDown() {
    pool.shutDown()
  }

  deinit {
    pool.shutDown()
  }

  var isShutDown: Bool { pool.isShutDown }

  /// Keeps a connection for the next request to where it leads.
  func keep(_ connection: ClientConnection) {
    pool.put(connection)
  }

  func connection(
    to destination: PeerDestination, expecting expected: ExpectedPeer
  ) async throws -> (ClientConnection, isUsed: Bool) {
    guard !pool.isShutDown else { throw PeerClientError.shutDown }
    while let kept = pool.take(destination) {
      if kept.isOpen, isCurrent(kept), fits(kept, expected) { return (kept, true) }
      kept.abort()
    }
    let (handshake, generation) = try handshake(with: destination, expecting: expected)
    let made = try await ClientConnection.open(
      destination, handshake: handshake, generation: generation, limits: limits)
    pool.watch(made)
    return (made, false)
  }

  func handshake(
    with destination: PeerDestination, expecting expected: ExpectedPeer
  ) throws -> (ClientHandshake?, generation: UInt64) {
    if case .unixSocket = destination { return (nil, 0) }
    switch trust {
    case .credentials(let store):
      let snapshot = store.current
      let handshake = ClientHandshake(
        context: snapshot.clientContext, check: .authority(snapshot.credentials.authority),
        expected: expected, revocations: snapshot.revocations, now: now())
      return (handshake, snapshot.generation)
    case .authority(let authority):
      guard let anonymousContext else { throw PeerClientError.shutDown }
      let handshake = ClientHandshake(
        context: anonymousContext, check: .authority(authority), expected: expected,
        revocations: RevocationList(), now: now())
      return (handshake, 0)
    case .localSocket: throw PeerClientError.certificate(.missing, at: destination)
    }
  }

  /// Whether the connection was made with the credentials that are in use now.
  private func isCurrent(_ connection: ClientConnection) -> Bool {
    guard case .credentials(let store) = trust, connection.finding.value != nil else { return true }
    return connection.generation == store.current.generation
  }

  /// Whether the other side is still in order, and who is meant.
  private func fits(_ connection: ClientConnection, _ expected: ExpectedPeer) -> Bool {
    guard case .success(let finding)? = connection.finding.value else {
      return connection.finding.value == nil
    }
    let revocations =
      if case .credentials(let store) = trust { store.revocations } else { RevocationList() }
    return finding.certificate.problem(
      at: now(), revocations: revocations, expecting: expected) == nil
  }
}
