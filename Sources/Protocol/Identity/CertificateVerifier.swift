import Crypto
import Foundation
import SwiftASN1
import X509

/// Decides whom a certificate chain is of. Pure: time and revocations come in.
///
/// A chain is good if its first certificate was signed by the pinned authority, directly: there are
/// no intermediate ones. Of what follows in the chain only the authority's own certificate has a
/// use, and only to say in an error who signed instead. The host's name plays no part, peers are
/// known by address; who they are stands in the one URI of the subject alternative name. Extended
/// key usage is demanded for both sides of TLS, because every node is a server and a client: with
/// it no certificate that the authority might ever sign for something else passes here.
public struct CertificateVerifier: Sendable {
  /// Bytes; what the authority signs takes less than a tenth.
  static let largestCertificate = 16 * 1024

  public let authority: AuthorityCertificate

  public init(authority: AuthorityCertificate) {
    self.authority = authority
  }

  /// - Parameter chain: DER, the peer's certificate first.
  /// - Throws: the first problem found, in the order of ``certificate(from:)`` and
  ///   ``PeerCertificate/problem(at:revocations:expecting:)``.
  public func verify(
    chain: [[UInt8]], at time: Date, revocations: RevocationList,
    expecting expected: ExpectedPeer = .anyone
  ) throws(CertificateProblem) -> PeerCertificate {
    let certificate = try certificate(from: chain)
    if let problem = certificate.problem(
      at: time, revocations: revocations, expecting: expected)
    {
      throw problem
    }
    return certificate
  }

  /// Checks all that stays true of a certificate for ever: form, signature, use, identity.
  public func certificate(from chain: [[UInt8]]) throws(CertificateProblem) -> PeerCertificate {
    guard let der = chain.first else { throw .missing }
    guard der.count <= Self.largestCertificate else { throw .malformed("it is too large") }
    guard let certificate = try? Certificate(derEncoded: der) else {
      throw .malformed("it cannot be read")
    }
    guard Self.hasWholeSignature(der) else {
      throw .malformed("its signature is not one of whole bytes")
    }
    let key = authority.certificate.publicKey
    guard certificate.issuer == authority.certificate.subject,
      key.isValidSignature(certificate.signature, for: certificate)
    else {
      throw .anotherAuthority(
        seen: Self.signer(of: certificate, in: chain), expected: authority.fingerprint)
    }
    return try Self.contents(of: certificate)
  }

  /// Whether all bits of the signature count. A BIT STRING says in its first byte how many of the last
  /// ones do not, which readers take where those bits are 0; a signature of ECDSA is DER (RFC 3279,
  /// 2.2.3), so whole bytes. Nothing else that is not signed can differ.
  private static func hasWholeSignature(_ der: [UInt8]) -> Bool {
    guard let root = try? DER.parse(der), case .constructed(let parts) = root.content else {
      return false
    }
    var signature: ArraySlice<UInt8>?
    for part in parts {
      if case .primitive(let bytes) = part.content { signature = bytes }
    }
    return signature?.first == 0
  }

  private static func contents(
    of certificate: Certificate
  ) throws(CertificateProblem) -> PeerCertificate {
    let extensions = certificate.extensions
    for one in extensions where one.critical && !knownExtensions.contains(one.oid) {
      throw .malformed("it has a critical extension that is not known here")
    }
    guard P256.Signing.PublicKey(certificate.publicKey) != nil else {
      throw .malformed("its key is not of the kind in use here (P-256)")
    }
    guard case .notCertificateAuthority? = try? extensions.basicConstraints,
      let usages = try? extensions.extendedKeyUsage,
      usages.contains(.serverAuth), usages.contains(.clientAuth)
    else { throw .wrongUse }
    guard let names = try? extensions.subjectAlternativeNames, names.count == 1,
      case .uniformResourceIdentifier(let uri)? = names.first,
      let identity = PeerIdentity(uri: uri)
    else { throw .noIdentity }
    return PeerCertificate(
      identity: identity, notBefore: certificate.notValidBefore,
      notAfter: certificate.notValidAfter, serialNumber: Array(certificate.serialNumber.bytes))
  }

  private static let knownExtensions: Set<ASN1ObjectIdentifier> = [
    .X509ExtensionID.basicConstraints, .X509ExtensionID.keyUsage,
    .X509ExtensionID.extendedKeyUsage, .X509ExtensionID.subjectAlternativeName,
    .X509ExtensionID.authorityKeyIdentifier, .X509ExtensionID.subjectKeyIdentifier,
  ]

  /// The fingerprint of the authority that comes along in the chain, if it did sign.
  static func signer(of certificate: Certificate, in chain: [[UInt8]]) -> AuthorityFingerprint? {
    for der in chain.dropFirst().prefix(3) {
      guard let other = try? AuthorityCertificate(der: der),
        other.certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
      else { continue }
      return other.fingerprint
    }
    return nil
  }
}
