import Crypto
import Foundation
public import SearchModel
import X509

/// The central server's word on which band a node is in, for who has never met the node: a machine that
/// is asked for a file of which the band alone may have copies.
///
/// The central server decides bands, so nobody else's word counts. It lasts an hour, because a machine
/// may be carried away, and a node asks for the next one with its reports.
public struct BandStatement: Hashable, Sendable, Codable {
  /// The node's own name.
  public let node: String
  /// The band's key.
  public let band: String
  /// In seconds since 1970.
  public let until: Int64
  /// ECDSA by the authority over all that, DER in Base64.
  public let signature: String

  public static let lifetime: TimeInterval = 3_600
  /// How much longer it may seem to last where a clock is behind.
  static let clockTolerance: TimeInterval = 300
  private static let longestBand = 1_024

  init(
    node: PeerName, band: String, now: Date, key: P256.Signing.PrivateKey
  ) throws {
    self.node = node.text
    self.band = band
    until = Int64((now.timeIntervalSince1970 + Self.lifetime).rounded(.down))
    signature = try key.signature(for: Self.signedBytes(self.node, band, until))
      .derRepresentation.base64EncodedString()
  }

  /// Whether it is time to ask for another.
  public func isDue(at time: Date) -> Bool {
    Double(until) - time.timeIntervalSince1970 < Self.lifetime / 2
  }

  /// Whether the authority says that this node is in the band now.
  ///
  /// - Parameter asker: the node by the certificate of its connection.
  public func proves(
    _ asker: NodeIdentity, isIn band: String, verifiedBy verifier: CertificateVerifier,
    at time: Date
  ) -> Bool {
    let left = Double(until) - time.timeIntervalSince1970
    guard node.utf8.elementsEqual(asker.node.text.utf8), self.band.utf8.elementsEqual(band.utf8),
      band.utf8.count <= Self.longestBand, signature.utf8.count <= 256,
      left > 0, left <= Self.lifetime + Self.clockTolerance,
      let proof = Data(base64Encoded: signature),
      let signature = try? P256.Signing.ECDSASignature(derRepresentation: proof),
      let key = P256.Signing.PublicKey(verifier.authority.certificate.publicKey)
    else { return false }
    return key.isValidSignature(signature, for: Self.signedBytes(node, band, until))
  }

  /// No other statement of this system begins so, and no certificate does.
  private static func signedBytes(_ node: String, _ band: String, _ until: Int64) -> Data {
    Data("nearfind band 1\0\(node)\0\(band)\0\(until)\0".utf8)
  }
}

extension Viewer {
  /// Who asks a node for something, as far as it is proven.
  ///
  /// - Parameters:
  ///   - node: by the certificate of its connection.
  ///   - statement: what it shows of its band; nil for nothing.
  ///   - band: the key of the band of the node that is asked; nil where that is not known.
  public init(
    _ node: NodeIdentity, showing statement: BandStatement?, toBand band: String?,
    verifiedBy verifier: CertificateVerifier, at time: Date
  ) {
    let isInBand = band.map { band in
      statement?.proves(node, isIn: band, verifiedBy: verifier, at: time) ?? false
    }
    self.init(userID: node.user.text, isInOwnersBand: isInBand ?? false)
  }
}
