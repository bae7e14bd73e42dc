import Foundation
import Protocol
import Synchronization

/// Whose mandates were found to be good, so that a search does not verify a chain each time. With a
/// lock, because many searches ask at once.
final class MandateBook: Sendable {
  private let verifier: @Sendable () -> CertificateVerifier?
  private let now: @Sendable () -> Date
  private let capacity: Int
  private let known = Mutex<[Mandate: PeerCertificate]>([:])

  /// - Parameter verifier: nil where there is no authority to go by; then no mandate is good.
  init(
    capacity: Int = 10_000, now: @escaping @Sendable () -> Date = { Date() },
    verifier: @escaping @Sendable () -> CertificateVerifier?
  ) {
    self.capacity = capacity
    self.now = now
    self.verifier = verifier
  }

  var count: Int { known.withLock { $0.count } }

  /// In whose name `asker` asks.
  ///
  /// - Throws: ``Protocol/MandateProblem``. Revocation is the caller's to look at.
  func holder(
    of mandate: Mandate, asker: NodeIdentity
  ) throws(MandateProblem) -> NodeIdentity {
    let certificate = try certificate(of: mandate)
    if let problem = mandate.problem(of: certificate, at: now(), asker: asker) { throw problem }
    guard case .node(let node) = certificate.identity else { throw .notANode }
    return node
  }

  private func certificate(of mandate: Mandate) throws(MandateProblem) -> PeerCertificate {
    if let certificate = known.withLock({ $0[mandate] }) { return certificate }
    guard let verifier = verifier() else { throw .certificate(.missing) }
    let certificate = try mandate.holder(verifiedBy: verifier)
    let time = Int64(now().timeIntervalSince1970)
    known.withLock { known in
      if known.count >= capacity { known = known.filter { $0.key.until > time } }
      // As many good ones at once are no use of anybody's: they are verified again.
      if known.count >= capacity { known.removeAll() }
      known[mandate] = certificate
    }
    return certificate
  }
}
