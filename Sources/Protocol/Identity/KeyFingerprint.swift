import Crypto
import X509

/// What tells one key from another: SHA-256 of the public key as certificates carry it
/// (SubjectPublicKeyInfo, RFC 5280). The same for every request and certificate of the key.
public struct KeyFingerprint: Hashable, Sendable {
  /// 32 bytes.
  public let bytes: [UInt8]

  /// Of the key that a certificate is asked for; its sender has the private half.
  ///
  /// - Parameter request: what ``PeerKey/signingRequest()`` made, in DER.
  /// - Throws: ``SigningRequestProblem``: the sender must make a new request.
  public init(ofSigningRequest request: [UInt8]) throws(SigningRequestProblem) {
    let request = try SigningRequest(der: request)
    guard let key = P256.Signing.PublicKey(request.publicKey) else { throw .wrongKind }
    bytes = Array(SHA256.hash(data: key.derRepresentation))
  }
}
