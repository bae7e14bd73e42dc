import Crypto
import SwiftASN1
import X509

/// The certificate of an authority: what a node pins and checks every peer against.
public struct AuthorityCertificate: Sendable, Hashable {
  public let der: [UInt8]
  let certificate: Certificate

  /// - Throws: ``CertificateProblem/malformed(_:)`` unless these are the bytes of an authority's
  ///   certificate that signed itself with a P-256 key.
  public init(der: [UInt8]) throws(CertificateProblem) {
    guard der.count <= CertificateVerifier.largestCertificate else {
      throw .malformed("the authority's certificate is too large")
    }
    guard let certificate = try? Certificate(derEncoded: der) else {
      throw .malformed("the authority's certificate cannot be read")
    }
    guard case .isCertificateAuthority? = try? certificate.extensions.basicConstraints else {
      throw .malformed("it is not an authority's")
    }
    guard P256.Signing.PublicKey(certificate.publicKey) != nil else {
      throw .malformed("the authority's key is not of the kind in use here (P-256)")
    }
    guard certificate.issuer == certificate.subject,
      certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
    else { throw .malformed("the authority did not sign itself") }
    self.der = der
    self.certificate = certificate
  }

  public var fingerprint: AuthorityFingerprint { AuthorityFingerprint(certificateDER: der) }
}
