import Crypto
import Foundation
import SwiftASN1
import X509

/// The central server's certificate authority: the one key that everybody's trust hangs on.
///
/// Key and certificate are in one file, `authority.pem`, so that there is no moment with one of the
/// two. Several central servers of one system hold copies of the file.
public struct CertificateAuthority: Sendable {
  public let certificate: AuthorityCertificate
  private let key: P256.Signing.PrivateKey

  public var fingerprint: AuthorityFingerprint { certificate.fingerprint }

  /// Opens the authority of a folder, or creates both on the first start. Two processes that start
  /// at once end with the same authority.
  ///
  /// - Parameter folder: made with mode 0700; one that exists must have it.
  /// - Throws: ``SecretFileError``. A damaged file is never replaced: it is what all nodes pinned.
  public static func open(folder path: String, now: Date) throws -> CertificateAuthority {
    let folder = try SecretFolder(creatingAt: path)
    if let present = try load(from: folder) { return present }
    let made = try CertificateAuthority(createdAt: now)
    do {
      try folder.create(fileName, with: made.fileContent())
      return made
    } catch SecretFileError.exists(let path) {
      guard let present = try load(from: folder) else { throw SecretFileError.missing(path: path) }
      return present
    }
  }

  /// A new authority, kept nowhere.
  init(createdAt now: Date) throws {
    key = P256.Signing.PrivateKey()
    let signer = Certificate.PrivateKey(key)
    // The serial number in the name keeps two authorities apart where only names are shown.
    let number = Certificate.SerialNumber()
    let hexadecimal = number.bytes.prefix(4).map { String($0, radix: 16) }.joined()
    let name = try DistinguishedName {
      CommonName("Nearfind authority \(hexadecimal)")
    }
    let made = try Certificate(
      version: .v3, serialNumber: number, publicKey: signer.publicKey,
      notValidBefore: now.addingTimeInterval(-24 * 3600),
      notValidAfter: now.addingTimeInterval(CertificateLifetime.authority),
      issuer: name, subject: name,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true))
        SubjectKeyIdentifier(hash: signer.publicKey)
      },
      issuerPrivateKey: signer)
    certificate = try AuthorityCertificate(der: try made.derBytes())
  }

  /// Signs a certificate for the key of `request`, valid for ``CertificateLifetime/peer`` from now.
  ///
  /// - Parameters:
  ///   - request: what ``PeerKey/signingRequest()`` made, in DER. Names in it are not looked at.
  ///   - identity: whom the caller found the sender to be.
  /// - Returns: the certificate's DER.
  /// - Throws: ``SigningRequestProblem``.
  public func issueCertificate(
    for request: [UInt8], identity: PeerIdentity, now: Date
  ) throws -> [UInt8] {
    let request = try SigningRequest(der: request)
    return try sign(request.publicKey, identity: identity, now: now)
  }

  /// A certificate of the central server's own with a new key. It is kept nowhere: made anew at
  /// every start, and again before it expires.
  public func centralServerCredentials(now: Date) throws -> PeerCredentials {
    let key = PeerKey()
    let certificate = try sign(
      Certificate.PrivateKey(key.key).publicKey, identity: .centralServer, now: now)
    return try PeerCredentials(key: key, certificate: certificate, authority: self.certificate)
  }

  /// States which band a node is in.
  public func statement(
    that node: PeerName, isIn band: String, now: Date
  ) throws -> BandStatement {
    try BandStatement(node: node, band: band, now: now, key: key)
  }

  func sign(
    _ publicKey: Certificate.PublicKey, identity: PeerIdentity, now: Date
  ) throws -> [UInt8] {
    let signer = Certificate.PrivateKey(key)
    // Certificates hold whole seconds. Rounded up, one would seem issued after a revocation that
    // came later.
    let now = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
    let made = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
      notValidBefore: now.addingTimeInterval(-CertificateLifetime.backdating),
      notValidAfter: now.addingTimeInterval(CertificateLifetime.peer),
      issuer: certificate.certificate.subject,
      // Empty, and so the alternative name is critical (RFC 5280, 4.2.1.6).
      subject: DistinguishedName(),
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth, .clientAuth])
        Critical(SubjectAlternativeNames([.uniformResourceIdentifier(identity.uri)]))
        SubjectKeyIdentifier(hash: publicKey)
      },
      issuerPrivateKey: signer)
    return try made.derBytes()
  }

  private static let fileName = "authority.pem"

  private func fileContent() -> [UInt8] {
    let document = PEMDocument(type: "CERTIFICATE", derBytes: certificate.der)
    return Array((key.pemRepresentation + "\n" + document.pemString + "\n").utf8)
  }

  private static func load(from folder: SecretFolder) throws -> CertificateAuthority? {
    let content: [UInt8]
    do {
      content = try folder.read(fileName)
    } catch SecretFileError.missing {
      return nil
    }
    let path = folder.filePath(fileName)
    do {
      let documents = try PEMDocument.parseMultiple(
        pemString: String(decoding: content, as: UTF8.self))
      guard documents.count == 2 else {
        throw SecretFileError.damaged(path: path, reason: "it must hold a key and a certificate")
      }
      let authority = CertificateAuthority(
        certificate: try AuthorityCertificate(der: documents[1].derBytes),
        key: try PeerKey(pem: documents[0]).key)
      guard
        P256.Signing.PublicKey(authority.certificate.certificate.publicKey)?.rawRepresentation
          == authority.key.publicKey.rawRepresentation
      else {
        throw SecretFileError.damaged(
          path: path, reason: "key and certificate do not belong together")
      }
      return authority
    } catch let error as SecretFileError {
      throw error
    } catch {
      throw SecretFileError.damaged(path: path, reason: "it cannot be read (\(error))")
    }
  }

  private init(certificate: AuthorityCertificate, key: P256.Signing.PrivateKey) {
    self.certificate = certificate
    self.key = key
  }
}

extension Certificate {
  func derBytes() throws -> [UInt8] {
    var serializer = DER.Serializer()
    try serializer.serialize(self)
    return serializer.serializedBytes
  }
}
