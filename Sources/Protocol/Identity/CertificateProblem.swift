import Foundation

/// Why a peer's certificate is not taken, each with what to do about it.
public enum CertificateProblem: Error, Hashable, Sendable {
  /// No certificate was shown.
  case missing
  /// What was shown is no certificate of ours; the text says what is wrong with it.
  case malformed(String)
  /// Signed by another authority. `seen` is that one's fingerprint if its certificate was shown.
  case anotherAuthority(seen: AuthorityFingerprint?, expected: AuthorityFingerprint)
  case expired(since: Date, now: Date)
  /// The usual cause is a clock that is wrong.
  case notYetValid(until: Date, now: Date)
  case revoked(PeerIdentity)
  /// Signed by the right authority, but it names nobody.
  case noIdentity
  /// A certificate of the authority for something else than talking to peers.
  case wrongUse
  /// A good certificate of somebody else than who is meant.
  case wrongPeer(found: PeerIdentity, expected: ExpectedPeer)
}

extension CertificateProblem: CustomStringConvertible {
  /// What is wrong.
  public var description: String {
    switch self {
    case .missing: "No certificate was shown."
    case .malformed(let reason): "The certificate cannot be used: \(reason)."
    case .anotherAuthority(let seen?, let expected):
      "The certificate is of another authority: \(seen). Expected was \(expected)."
    case .anotherAuthority(nil, let expected):
      "The certificate was not signed by the authority \(expected)."
    case .expired(let since, let now):
      "The certificate expired at \(Self.text(since)); the clock here says \(Self.text(now))."
    case .notYetValid(let until, let now):
      "The certificate is valid from \(Self.text(until)) on; the clock here says \(Self.text(now))."
    case .revoked(let identity): "The certificate of \(identity) was revoked."
    case .noIdentity: "The certificate names neither a node nor the central server."
    case .wrongUse: "The certificate is not one for talking to peers."
    case .wrongPeer(let found, let expected):
      "The certificate is of \(found); expected was \(expected)."
    }
  }

  /// What the peer, or whoever runs it, can do next.
  public var remedy: String {
    switch self {
    case .missing, .noIdentity, .wrongUse, .malformed:
      "Register this node with its central server, or log in again."
    case .anotherAuthority:
      "Check that both belong to the same central server. If its authority was made anew, compare "
        + "the fingerprint with the one that the central server prints, and pin that."
    case .expired:
      "Check the clocks of both machines. Log in again if the certificate was not renewed in time."
    case .notYetValid:
      "Set the clocks of both machines right; they differ."
    case .revoked:
      "Ask the central server's operator. Once admitted again, log in again."
    case .wrongPeer:
      "The address may have passed to another node. Ask the central server for the present one."
    }
  }

  private static func text(_ date: Date) -> String {
    date.formatted(.iso8601)
  }
}
