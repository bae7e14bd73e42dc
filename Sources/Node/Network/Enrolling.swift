public import Protocol

/// Makes this machine a node of a network: a key of its own, a certificate of the network's
/// authority, and what to remember of it.
public struct Enrolling: Sendable {
  public enum Intent: Sendable {
    /// A new user with this machine as first node.
    case register(invitation: String?)
    /// Another node of a user, or the same one again.
    case login
  }

  private let folder: NetworkFolder
  private let central: CentralAddress
  private let authority: AuthorityCertificate
  private let identity: IdentityFolder

  /// Asks the central server for its authority and checks that it is the one that was meant.
  ///
  /// - Parameter pin: what the user says the fingerprint is; nil takes the one that was pinned
  ///   before, or trusts the first: show ``fingerprint`` then.
  /// - Throws: ``EnrollingError``, ``SecretFileError``, ``PeerClientError``.
  public init(
    in folder: NetworkFolder, at central: CentralAddress, pin: AuthorityFingerprint?
  ) async throws {
    self.folder = folder
    self.central = central
    identity = try IdentityFolder(path: folder.identityPath)
    let pinned = try identity.pinnedFingerprint()
    if let pin, let pinned, pin != pinned {
      throw EnrollingError.otherNetwork(pinned: pinned, folder: folder.path)
    }
    isFirstContact = pin == nil && pinned == nil
    authority = try await PeerClient.authority(at: central.destination, pin: pin ?? pinned)
  }

  /// Whether nothing was known of the central server before it answered: anyone could have.
  public let isFirstContact: Bool

  public var fingerprint: AuthorityFingerprint { authority.fingerprint }

  /// Gets a certificate and keeps it. The key that is there is used again, so that a machine stays
  /// the node that it is.
  ///
  /// - Throws: ``ProblemDocument`` when the central server refuses; ``PeerClientError``,
  ///   ``SecretFileError``, ``NetworkMembershipError``, ``EnrollingError``.
  public func enrol(
    _ intent: Intent, userid: String, password: String
  ) async throws -> NetworkMembership {
    let present = try identity.credentials()
    if case .register = intent, present != nil {
      throw EnrollingError.alreadyEnrolled(folder: folder.path)
    }
    let key = present?.key ?? PeerKey()
    let certificateRequest = PEMText.certificateRequest(try key.signingRequest())
    let request =
      switch intent {
      case .register(let invitation):
        try PeerRequest.post(
          "/v1/register",
          RegistrationRequest(
            userid: userid, password: password, invitation: invitation,
            certificateRequest: certificateRequest))
      case .login:
        try PeerRequest.post(
          "/v1/login",
          LoginRequest(
            userid: userid, password: password, certificateRequest: certificateRequest))
      }
    let client = try PeerClient(.authority(authority))
    defer { client.shutDown() }
    let grant = try await client.send(
      request, to: central.destination, expecting: .centralServer, as: EnrolmentGrant.self)
    // Pinned before anything is kept that depends on it.
    try identity.pin(authority.fingerprint)
    try identity.store(
      PeerCredentials(
        key: key, certificate: PEMText.certificateDER(grant.certificate), authority: authority))
    let membership = NetworkMembership(
      centralServers: [central], userSerialID: grant.userSerialID, userid: grant.userid,
      node: grant.node)
    try membership.store(in: folder)
    return membership
  }
}

/// Why a machine is not made a node.
public enum EnrollingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Another network is joined already. Use a data directory of its own for each.
  case otherNetwork(pinned: AuthorityFingerprint, folder: String)
  /// The machine is a node already. Log in to renew its certificate.
  case alreadyEnrolled(folder: String)

  public var description: String {
    switch self {
    case .otherNetwork(let pinned, let folder):
      "\(folder) belongs to the network with the fingerprint \(pinned). "
        + "Name another data directory for another network: --data DIR"
    case .alreadyEnrolled(let folder):
      "\(folder) holds a node's identity already. Renew it with: nearfind login. "
        + "For another user name another data directory: --data DIR"
    }
  }
}
