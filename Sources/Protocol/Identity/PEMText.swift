import SwiftASN1

/// Certificates and requests for them as messages carry them: PEM (RFC 7468), one a text.
public enum PEMText {
  public static func certificate(_ der: [UInt8]) -> String {
    PEMDocument(type: "CERTIFICATE", derBytes: der).pemString + "\n"
  }

  public static func certificateRequest(_ der: [UInt8]) -> String {
    PEMDocument(type: requestType, derBytes: der).pemString + "\n"
  }

  /// - Throws: ``CertificateProblem/malformed(_:)`` unless `text` is one certificate.
  public static func certificateDER(_ text: String) throws(CertificateProblem) -> [UInt8] {
    guard let der = bytes(of: "CERTIFICATE", in: text) else {
      throw .malformed("it is no certificate in PEM")
    }
    return der
  }

  /// - Throws: ``SigningRequestProblem/malformed`` unless `text` is one request.
  public static func certificateRequestDER(
    _ text: String
  ) throws(SigningRequestProblem) -> [UInt8] {
    guard let der = bytes(of: requestType, in: text) else { throw .malformed }
    return der
  }

  private static let requestType = "CERTIFICATE REQUEST"

  private static func bytes(of type: String, in text: String) -> [UInt8]? {
    // Twice what the largest certificate takes in base 64.
    guard text.utf8.count <= 2 * CertificateVerifier.largestCertificate,
      let document = try? PEMDocument(pemString: text), document.discriminator == type
    else { return nil }
    return document.derBytes
  }
}
