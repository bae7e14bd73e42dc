import Crypto
import SwiftASN1
import X509

/// A peer's private key (P-256). It stays on the machine that made it.
public struct PeerKey: Sendable {
  let key: P256.Signing.PrivateKey

  /// A new key.
  public init() {
    key = P256.Signing.PrivateKey()
  }

  init(pem: PEMDocument) throws {
    key = try P256.Signing.PrivateKey(pemRepresentation: pem.pemString)
  }

  /// PEM text, as it is kept in a ``SecretFolder``.
  var pem: String { key.pemRepresentation }

  /// Asks an authority for a certificate: PKCS #10 in DER, signed with the key to prove that the
  /// sender has it. It names nobody: who the key is for, the authority finds out by other means.
  public func signingRequest() throws -> [UInt8] {
    let request = try CertificateSigningRequest(
      version: .v1, subject: DistinguishedName(), privateKey: Certificate.PrivateKey(key),
      attributes: CertificateSigningRequest.Attributes())
    var serializer = DER.Serializer()
    try serializer.serialize(request)
    return serializer.serializedBytes
  }
}

/// A certificate signing request that was checked: its sender has the private key.
struct SigningRequest: Sendable {
  let publicKey: Certificate.PublicKey

  /// - Throws: ``SigningRequestProblem``. The sender must make a new request.
  init(der: [UInt8]) throws(SigningRequestProblem) {
    guard der.count <= CertificateVerifier.largestCertificate,
      let request = try? CertificateSigningRequest(derEncoded: der)
    else { throw .malformed }
    guard P256.Signing.PublicKey(request.publicKey) != nil else { throw .wrongKind }
    guard request.publicKey.isValidSignature(request.signature, for: request) else {
      throw .notProven
    }
    publicKey = request.publicKey
  }
}

/// Why a certificate signing request is refused.
public enum SigningRequestProblem: Error, Hashable, Sendable, CustomStringConvertible {
  case malformed
  /// Not a P-256 key.
  case wrongKind
  /// Not signed with the key that it asks a certificate for.
  case notProven

  public var description: String {
    switch self {
    case .malformed: "The certificate signing request cannot be read."
    case .wrongKind: "The key is not of the kind in use here (P-256)."
    case .notProven: "The certificate signing request is not signed with its own key."
    }
  }
}
