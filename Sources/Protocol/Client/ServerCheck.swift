import Synchronization
import X509

/// How a client decides whether the server's certificate will do.
enum ServerCheck: Sendable {
  case authority(AuthorityCertificate)
  /// The authority is taken from the chain. With a pin it must be that one; without, any will do,
  /// and whoever asked decides.
  case discovery(pin: AuthorityFingerprint?)

  /// What is known of a server once its chain was checked.
  struct Finding: Sendable {
    let certificate: PeerCertificate
    let authority: AuthorityCertificate
  }

  func finding(of chain: [[UInt8]]) throws(CertificateProblem) -> Finding {
    let authority = try authority(in: chain)
    return Finding(
      certificate: try CertificateVerifier(authority: authority).certificate(from: chain),
      authority: authority)
  }

  private func authority(in chain: [[UInt8]]) throws(CertificateProblem) -> AuthorityCertificate {
    switch self {
    case .authority(let authority): return authority
    case .discovery(let pin):
      guard chain.count >= 2 else {
        throw .malformed("the certificate of its authority does not come with it")
      }
      let found = try AuthorityCertificate(der: chain[1])
      if let pin, found.fingerprint != pin {
        throw .anotherAuthority(seen: found.fingerprint, expected: pin)
      }
      return found
    }
  }
}

/// Where the handshake's callback leaves what it found.
final class FindingBox: Sendable {
  private let result = Mutex<Result<ServerCheck.Finding, CertificateProblem>?>(nil)

  var value: Result<ServerCheck.Finding, CertificateProblem>? { result.withLock { $0 } }

  func set(_ value: Result<ServerCheck.Finding, CertificateProblem>) {
    result.withLock { $0 = value }
  }
}
