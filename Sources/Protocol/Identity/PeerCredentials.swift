import Crypto
import SwiftASN1
import X509

/// What a peer shows and checks with: its key, its certificate, and the authority of both.
public struct PeerCredentials: Sendable {
  public let key: PeerKey
  /// DER.
  public let certificateDER: [UInt8]
  public let authority: AuthorityCertificate
  /// What ``certificateDER`` says.
  public let certificate: PeerCertificate

  public var identity: PeerIdentity { certificate.identity }

  /// - Throws: ``CertificateProblem`` unless the three belong together. Whether the certificate is
  ///   valid now is not looked at.
  public init(
    key: PeerKey, certificate der: [UInt8], authority: AuthorityCertificate
  ) throws(CertificateProblem) {
    certificate = try CertificateVerifier(authority: authority).certificate(from: [der])
    guard let parsed = try? Certificate(derEncoded: der),
      P256.Signing.PublicKey(parsed.publicKey)?.rawRepresentation
        == key.key.publicKey.rawRepresentation
    else { throw .malformed("it is for another key") }
    self.key = key
    certificateDER = der
    self.authority = authority
  }
}
