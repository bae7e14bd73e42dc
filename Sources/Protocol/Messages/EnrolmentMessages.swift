/// `GET /v1/authority`: what a stranger may know of a central server. Needs no certificate.
public struct AuthorityInformation: Hashable, Sendable, Codable {
  /// Who may register.
  public enum Registration: String, Hashable, Sendable, Codable, CaseIterable {
    case open
    /// Only with an invitation token.
    case invitation
    case closed
  }

  /// PEM.
  public var authorityCertificate: String
  public var registration: Registration
  /// The program's version, for a person to read.
  public var version: String

  public init(authorityCertificate: String, registration: Registration, version: String) {
    self.authorityCertificate = authorityCertificate
    self.registration = registration
    self.version = version
  }
}

/// `POST /v1/register`: a new user with a first node. Needs no certificate.
public struct RegistrationRequest: Hashable, Sendable, Codable {
  public var userid: String
  public var password: String
  public var invitation: String?
  /// PEM; for a key that never leaves the node's machine.
  public var certificateRequest: String

  public init(
    userid: String, password: String, invitation: String? = nil, certificateRequest: String
  ) {
    self.userid = userid
    self.password = password
    self.invitation = invitation
    self.certificateRequest = certificateRequest
  }
}

/// `POST /v1/login`: another node of a user, or the same one when its certificate has expired.
/// Needs no certificate.
public struct LoginRequest: Hashable, Sendable, Codable {
  public var userid: String
  public var password: String
  /// PEM. The same key as before keeps the node; a new key makes a new one.
  public var certificateRequest: String

  public init(userid: String, password: String, certificateRequest: String) {
    self.userid = userid
    self.password = password
    self.certificateRequest = certificateRequest
  }
}

/// `POST /v1/renew`: the certificate before it expires. The certificate in use says who asks.
public struct RenewalRequest: Hashable, Sendable, Codable {
  /// PEM, for the same key.
  public var certificateRequest: String

  public init(certificateRequest: String) {
    self.certificateRequest = certificateRequest
  }
}

/// `POST /v1/password`: a user's new password. The certificate says whose.
public struct PasswordChange: Hashable, Sendable, Codable {
  public var present: String
  public var new: String

  public init(present: String, new: String) {
    self.present = present
    self.new = new
  }
}

/// The answer to ``RegistrationRequest``, ``LoginRequest`` and ``RenewalRequest``.
public struct EnrolmentGrant: Hashable, Sendable, Codable {
  public var userSerialID: Int64
  public var userid: String
  /// The node's name, as the certificate says it.
  public var node: String
  /// PEM.
  public var certificate: String
  /// Seconds since 1970, by the central server's clock.
  public var expiry: Int64
  /// The central server's clock, seconds since 1970: a node whose own clock is far off learns so.
  public var now: Int64

  public init(
    userSerialID: Int64, userid: String, node: String, certificate: String, expiry: Int64,
    now: Int64
  ) {
    self.userSerialID = userSerialID
    self.userid = userid
    self.node = node
    self.certificate = certificate
    self.expiry = expiry
    self.now = now
  }
}

/// `GET /v1/revocations?after=N`: what was revoked after a revision.
public struct RevocationDelta: Hashable, Sendable, Codable {
  /// The list's revision now.
  public var revision: UInt64
  /// Users of whom no node is trusted any more.
  public var users: [String]
  /// Nodes that are not trusted any more.
  public var nodes: [String]
  /// Users and nodes that were revoked before and are trusted again.
  public var restoredUsers: [String]
  public var restoredNodes: [String]

  public init(
    revision: UInt64, users: [String] = [], nodes: [String] = [], restoredUsers: [String] = [],
    restoredNodes: [String] = []
  ) {
    self.revision = revision
    self.users = users
    self.nodes = nodes
    self.restoredUsers = restoredUsers
    self.restoredNodes = restoredNodes
  }
}
