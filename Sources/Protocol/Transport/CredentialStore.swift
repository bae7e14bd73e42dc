import NIOSSL
import Synchronization

/// A running peer's credentials and the newest revocations, shared by its servers and clients.
///
/// Replacing either takes hold at once for new connections, and revocations also for requests on open
/// ones. Open connections keep the certificate that they began with until they end.
public final class CredentialStore: Sendable {
  struct Snapshot: Sendable {
    let credentials: PeerCredentials
    let revocations: RevocationList
    /// Grows with every change of the credentials.
    let generation: UInt64
    let serverContext: NIOSSLContext
    let clientContext: NIOSSLContext

    var verifier: CertificateVerifier { CertificateVerifier(authority: credentials.authority) }
  }

  private let snapshot: Mutex<Snapshot>

  /// - Throws: `NIOSSLError` if the TLS library cannot take the credentials.
  public init(_ credentials: PeerCredentials, revocations: RevocationList = .init()) throws {
    snapshot = Mutex(
      try Self.snapshot(of: credentials, revocations: revocations, generation: 0))
  }

  public var credentials: PeerCredentials { current.credentials }
  public var revocations: RevocationList { current.revocations }

  /// Takes renewed credentials into use.
  /// - Throws: ``CertificateProblem/anotherAuthority(seen:expected:)``: moving to another authority
  ///   is a new start. `NIOSSLError` as in ``init(_:revocations:)``. Nothing changes then.
  public func replace(_ credentials: PeerCredentials) throws {
    try snapshot.withLock { snapshot in
      let expected = snapshot.credentials.authority.fingerprint
      let found = credentials.authority.fingerprint
      guard found == expected else {
        throw CertificateProblem.anotherAuthority(seen: found, expected: expected)
      }
      snapshot = try Self.snapshot(
        of: credentials, revocations: snapshot.revocations, generation: snapshot.generation + 1)
    }
  }

  /// Takes a newer list into use; one that is not newer is left aside.
  public func replace(_ revocations: RevocationList) {
    snapshot.withLock { snapshot in
      guard revocations.revision > snapshot.revocations.revision else { return }
      snapshot = Snapshot(
        credentials: snapshot.credentials, revocations: revocations,
        generation: snapshot.generation, serverContext: snapshot.serverContext,
        clientContext: snapshot.clientContext)
    }
  }

  var current: Snapshot { snapshot.withLock { $0 } }

  private static func snapshot(
    of credentials: PeerCredentials, revocations: RevocationList, generation: UInt64
  ) throws -> Snapshot {
    Snapshot(
      credentials: credentials, revocations: revocations, generation: generation,
      serverContext: try TLS.serverContext(credentials),
      clientContext: try TLS.clientContext(credentials))
  }
}
