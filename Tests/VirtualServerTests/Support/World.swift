import Foundation
import Protocol

/// An authority and the nodes that it vouches for.
final class World: Sendable {
  let folder: TemporaryFolder
  let authority: CertificateAuthority

  init() throws {
    folder = try TemporaryFolder()
    authority = try CertificateAuthority.open(folder: folder.path + "/authority", now: Date())
  }

  static func node(_ user: String, _ node: String) throws -> NodeIdentity {
    NodeIdentity(user: try PeerName(user), node: try PeerName(node))
  }

  /// - Parameter age: how long ago the certificate was issued.
  func credentials(
    _ identity: PeerIdentity, age: TimeInterval = 0
  ) throws -> PeerCredentials {
    let key = PeerKey()
    let certificate = try authority.issueCertificate(
      for: key.signingRequest(), identity: identity, now: Date().addingTimeInterval(-age))
    return try PeerCredentials(
      key: key, certificate: certificate, authority: authority.certificate)
  }

  /// Stores an identity as a registered machine has it.
  func register(_ node: NodeIdentity, in name: String) throws -> String {
    let path = folder.path + "/" + name
    let identity = try IdentityFolder(path: path)
    try identity.pin(authority.fingerprint)
    try identity.store(credentials(.node(node)))
    return path
  }

  func client(_ identity: PeerIdentity) throws -> PeerClient {
    var limits = ClientLimits()
    limits.connecting = .seconds(60)
    limits.handshake = .seconds(60)
    limits.answer = .seconds(120)
    limits.pause = .seconds(60)
    return try PeerClient(
      .credentials(CredentialStore(credentials(identity))), limits: limits)
  }
}

/// A folder of a test's own, removed with the value.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "nearfind-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
