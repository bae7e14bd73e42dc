import Crypto
import Foundation
import X509

/// A node's word that a coordinator may ask in its name for a while, so that a virtual server that
/// never met the node can show it what it may see.
///
/// It is signed with the node's own key, comes with the node's certificate, and names the coordinator:
/// in the hands of anybody else it is worth nothing. What it says beside is nothing at all, so a
/// coordinator that is not honest learns by it what the node may see, for these minutes, and no more.
public struct Mandate: Hashable, Sendable, Codable {
  /// The node that may ask, by its own name.
  public let coordinator: String
  /// In seconds since 1970.
  public let until: Int64
  /// The certificate of the node in whose name is asked, DER in Base64.
  public let certificate: String
  /// ECDSA over ``signedBytes``, DER in Base64.
  public let signature: String

  /// How long one lasts.
  public static let lifetime: TimeInterval = 600
  /// How much longer it may seem to last where a clock is behind.
  static let clockTolerance: TimeInterval = 300

  /// Base64 of what is longer is not looked at.
  private static let longestText = CertificateVerifier.largestCertificate * 2

  /// Lets a coordinator ask in the name of these credentials.
  public init(
    for coordinator: PeerName, by credentials: PeerCredentials, now: Date
  ) throws {
    self.coordinator = coordinator.text
    until = Int64((now.timeIntervalSince1970 + Self.lifetime).rounded(.down))
    certificate = Data(credentials.certificateDER).base64EncodedString()
    let bytes = Self.signedBytes(
      coordinator: self.coordinator, until: until, certificate: credentials.certificateDER)
    signature = try credentials.key.key.signature(for: bytes).derRepresentation
      .base64EncodedString()
  }

  /// The certificate in whose name is asked, if the mandate is good but for time and revocation, which
  /// ``problem(of:at:asker:)`` settles whenever it matters.
  ///
  /// - Throws: ``MandateProblem``.
  public func holder(
    verifiedBy verifier: CertificateVerifier
  ) throws(MandateProblem) -> PeerCertificate {
    guard certificate.utf8.count <= Self.longestText, signature.utf8.count <= 256,
      coordinator.utf8.count <= PeerName.longestByteCount,
      let der = Data(base64Encoded: certificate), let proof = Data(base64Encoded: signature)
    else { throw .malformed }
    let found: PeerCertificate
    do {
      found = try verifier.certificate(from: [Array(der)])
    } catch {
      throw .certificate(error)
    }
    let bytes = Self.signedBytes(coordinator: coordinator, until: until, certificate: Array(der))
    guard let parsed = try? Certificate(derEncoded: Array(der)),
      let key = P256.Signing.PublicKey(parsed.publicKey),
      let signature = try? P256.Signing.ECDSASignature(derRepresentation: proof),
      key.isValidSignature(signature, for: bytes)
    else { throw .notSigned }
    guard case .node = found.identity else { throw .notANode }
    return found
  }

  /// What speaks against it now; nil if nothing does.
  ///
  /// - Parameters:
  ///   - holder: what ``holder(verifiedBy:)`` gave.
  ///   - asker: the node whose certificate the connection has.
  public func problem(
    of holder: PeerCertificate, at time: Date, asker: NodeIdentity
  ) -> MandateProblem? {
    guard coordinator.utf8.elementsEqual(asker.node.text.utf8) else { return .ofAnother }
    let now = time.timeIntervalSince1970
    if Double(until) <= now { return .expired }
    if Double(until) > now + Self.lifetime + Self.clockTolerance { return .tooLong }
    // Whoever is revoked is asked for by name; a certificate alone does not say when that was.
    return holder.problem(at: time, revocations: RevocationList()).map(MandateProblem.certificate)
  }

  /// No other statement of this system begins so.
  private static func signedBytes(
    coordinator: String, until: Int64, certificate: [UInt8]
  ) -> Data {
    var bytes = Data("nearfind mandate 1\0\(coordinator)\0\(until)\0".utf8)
    bytes.append(contentsOf: SHA256.hash(data: certificate))
    return bytes
  }
}

/// Why a mandate is worth nothing.
public enum MandateProblem: Error, Hashable, Sendable {
  case malformed
  case certificate(CertificateProblem)
  /// By another key than the certificate's, or over something else.
  case notSigned
  /// Only nodes search.
  case notANode
  /// It lets somebody else ask.
  case ofAnother
  case expired
  /// It would last longer than any that a node makes.
  case tooLong
}
