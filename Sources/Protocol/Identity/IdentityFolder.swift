import Foundation
import SwiftASN1

/// Where a node keeps who it is: `identity.pem` (its key, its certificate, the authority's
/// certificate) and `authority.fingerprint` (the authority it pinned, which comes first in time).
///
/// A renewal replaces the whole of `identity.pem` at once, so a crash leaves the old identity or the
/// new one.
public struct IdentityFolder: Sendable {
  private let folder: SecretFolder

  /// - Parameter path: made with mode 0700; a folder that exists must have it.
  public init(path: String) throws(SecretFileError) {
    folder = try SecretFolder(creatingAt: path)
  }

  /// The pinned authority; nil before one is pinned.
  /// - Throws: ``SecretFileError``.
  public func pinnedFingerprint() throws -> AuthorityFingerprint? {
    do {
      let text = String(decoding: try folder.read(Self.pinName, upTo: 256), as: UTF8.self)
      guard let fingerprint = AuthorityFingerprint(text) else {
        throw SecretFileError.damaged(
          path: folder.filePath(Self.pinName), reason: "it holds no fingerprint")
      }
      return fingerprint
    } catch SecretFileError.missing {
      return nil
    }
  }

  /// Pins the authority for good.
  /// - Throws: ``SecretFileError/exists(path:)`` if another one is pinned: moving to another central
  ///   server is a new identity in a folder of its own.
  public func pin(_ fingerprint: AuthorityFingerprint) throws {
    do {
      try folder.create(Self.pinName, with: Array("\(fingerprint)\n".utf8))
    } catch SecretFileError.exists(let path) {
      guard try pinnedFingerprint() == fingerprint else { throw SecretFileError.exists(path: path) }
    }
  }

  /// The node's credentials; nil before it is enrolled. They may have expired.
  /// - Throws: ``SecretFileError``; damage includes an authority other than the pinned one.
  public func credentials() throws -> PeerCredentials? {
    let content: [UInt8]
    do {
      content = try folder.read(Self.identityName)
    } catch SecretFileError.missing {
      return nil
    }
    do {
      let documents = try PEMDocument.parseMultiple(
        pemString: String(decoding: content, as: UTF8.self))
      guard documents.count == 3 else {
        throw damage("it must hold a key, a certificate and the authority's")
      }
      let credentials = try PeerCredentials(
        key: PeerKey(pem: documents[0]), certificate: documents[1].derBytes,
        authority: AuthorityCertificate(der: documents[2].derBytes))
      if let pin = try pinnedFingerprint(), pin != credentials.authority.fingerprint {
        throw damage("its authority is not the pinned one")
      }
      return credentials
    } catch let error as SecretFileError {
      throw error
    } catch {
      throw damage("\(error)")
    }
  }

  /// Keeps the credentials, in place of former ones if there are any.
  /// - Throws: ``SecretFileError``; ``CertificateProblem/anotherAuthority(seen:expected:)`` if they
  ///   are not of the pinned authority.
  public func store(_ credentials: PeerCredentials) throws {
    if let pin = try pinnedFingerprint(), pin != credentials.authority.fingerprint {
      throw CertificateProblem.anotherAuthority(
        seen: credentials.authority.fingerprint, expected: pin)
    }
    let certificates = [credentials.certificateDER, credentials.authority.der].map {
      PEMDocument(type: "CERTIFICATE", derBytes: $0).pemString
    }
    let content = ([credentials.key.pem] + certificates).joined(separator: "\n") + "\n"
    try folder.replace(Self.identityName, with: Array(content.utf8))
  }

  private static let identityName = "identity.pem"
  private static let pinName = "authority.fingerprint"

  private func damage(_ reason: String) -> SecretFileError {
    .damaged(path: folder.filePath(Self.identityName), reason: reason)
  }
}
