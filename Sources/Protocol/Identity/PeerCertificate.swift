import Foundation

/// What a peer's certificate says, once its signature was found to be the authority's.
///
/// Time and revocation are not settled by that: ask ``problem(at:revocations:expecting:)`` again
/// whenever it matters.
public struct PeerCertificate: Hashable, Sendable {
  public let identity: PeerIdentity
  public let notBefore: Date
  public let notAfter: Date
  /// Big-endian bytes.
  public let serialNumber: [UInt8]

  /// When the authority signed it.
  public var issued: Date { notBefore.addingTimeInterval(CertificateLifetime.backdating) }

  /// When to ask for the next one.
  /// - Parameter spread: from 0 to 1, by chance.
  public func renewalTime(spread: Double = 0) -> Date {
    let life = notAfter.timeIntervalSince(issued)
    return issued.addingTimeInterval(life * CertificateLifetime.shareAtRenewal(spread: spread))
  }

  /// What speaks against the certificate now; nil if nothing does.
  public func problem(
    at time: Date, revocations: RevocationList, expecting expected: ExpectedPeer = .anyone
  ) -> CertificateProblem? {
    if time < notBefore { return .notYetValid(until: notBefore, now: time) }
    if time > notAfter { return .expired(since: notAfter, now: time) }
    if revocations.covers(self) { return .revoked(identity) }
    if !expected.includes(identity) { return .wrongPeer(found: identity, expected: expected) }
    return nil
  }
}
