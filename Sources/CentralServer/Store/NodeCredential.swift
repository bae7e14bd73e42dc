import Placement

/// A node that a user may use, and the certificates it got.
public struct NodeCredential: Hashable, Sendable {
  public var node: NodeID
  public var user: UserSerial
  public var created: Moment
  public var revoked: Moment?
  /// The unexpired ones, and those that nobody has forgotten yet; by expiry.
  public var certificates: [IssuedCertificate]
}

/// A certificate that was handed out.
public struct IssuedCertificate: Hashable, Sendable {
  /// The serial number in hexadecimal digits.
  public var serial: String
  public var node: NodeID
  public var issued: Moment
  public var expires: Moment

  public init(serial: String, node: NodeID, issued: Moment, expires: Moment) {
    self.serial = serial
    self.node = node
    self.issued = issued
    self.expires = expires
  }
}

/// What came of giving a user a node.
public enum NodeAddition: Hashable, Sendable {
  case added
  /// The user has the node already.
  case known
  /// Another user has it, or it was revoked: it needs another name.
  case taken
  /// The user has as many nodes as may be: revoke one first.
  case tooMany
  /// The user is unknown or disabled.
  case userUnusable
}

/// What came of noting a certificate. Hand it out only if it was noted.
public enum CertificateNoting: Hashable, Sendable {
  case noted
  case unknownNode
  /// The node or its user is revoked.
  case revoked
}
