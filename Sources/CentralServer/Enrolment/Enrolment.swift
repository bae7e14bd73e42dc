import Placement
import RouterBands

/// Registers users and lets them in, by the rules of this folder and what a ``CentralStore`` keeps.
///
/// It knows no clock: each call says when it is made and, where somebody could be guessing, from
/// which address. Limits of attempts are this central server's own and begin anew with it.
public actor Enrolment {
  public struct Rules: Sendable {
    /// The most unrevoked nodes of one user.
    public var nodesPerUser = 64
    public var attempts = LoginLimits()

    public init() {}
  }

  private nonisolated let store: any CentralStore
  private nonisolated let hasher: PasswordHasher
  private nonisolated let rules: Rules
  private var attempts: LoginLimits

  public init(
    store: any CentralStore, hasher: PasswordHasher = PasswordHasher(), rules: Rules = Rules()
  ) {
    self.store = store
    self.hasher = hasher
    self.rules = rules
    attempts = rules.attempts
  }

  /// Registers a user, if the mode of registration allows it.
  public func register(
    userid: String, password: String, profile: UserProfile = UserProfile(),
    invitation token: InvitationToken? = nil, from address: IPAddress, at now: Moment
  ) async throws(EnrolmentError) -> User {
    // Every registration counts, rightful or not: it writes and hashes.
    try begin(user: nil, from: address, at: now)
    let identifier = try Self.identifier(userid)
    let password = try Self.newPassword(password, of: identifier)
    guard profile.isAcceptable else { throw .badProfile }
    let invitation = try await invitationNeeded(token, at: now)
    // Only now the dear part: nobody without a right to it gets anything hashed.
    let verifier = try await verifier(of: password)
    let user = NewUser(identifier: identifier, verifier: verifier, profile: profile)
    switch try await stored({ store throws(CentralStoreError) in
      try await store.addUser(user, invitation: invitation, at: now)
    }) {
    case .added(let user): return user
    case .taken: throw .identifierTaken
    case .invitationUnusable: throw .invitationUnusable
    }
  }

  /// Lets a user in. An unknown user and a wrong password get the same answer after the same work.
  public func login(
    userid: String, password: String, from address: IPAddress, at now: Moment
  ) async throws(EnrolmentError) -> User {
    try await authenticate(userid, password, from: address, at: now).user
  }

  /// Gives a user another password. Certificates that were issued before stay good.
  public func changePassword(
    userid: String, from old: String, to new: String, from address: IPAddress, at now: Moment
  ) async throws(EnrolmentError) {
    let credentials = try await authenticate(userid, old, from: address, at: now)
    try await replacePassword(of: credentials, with: new)
  }

  /// Gives a user another password without the old one: for the operator.
  public func resetPassword(userid: String, to new: String) async throws(EnrolmentError) {
    let identifier = try Self.identifier(userid)
    guard let credentials = try await credentials(of: identifier) else {
      throw .wrongCredentials
    }
    try await replacePassword(of: credentials, with: new)
  }

  /// Gives a user a node, if the user does not have it already.
  ///
  /// - Parameter node: named after its key, so that the same key is the same node.
  public func addNode(
    _ node: NodeID, of user: UserSerial, at now: Moment
  ) async throws(EnrolmentError) {
    let limit = rules.nodesPerUser
    switch try await stored({ store throws(CentralStoreError) in
      try await store.addNode(node, of: user, limit: limit, at: now)
    }) {
    case .added, .known: return
    case .taken: throw .keyUnusable
    case .tooMany: throw .tooManyNodes
    case .userUnusable: throw .disabled
    }
  }

  /// The number of a user; for whoever has proven to be that user.
  public func serial(of userid: String) async throws(EnrolmentError) -> UserSerial {
    guard let credentials = try await credentials(of: try Self.identifier(userid)) else {
      throw .nodeUnusable
    }
    return credentials.user.serial
  }

  /// Notes a certificate; hand it out only when this returns.
  public func note(_ certificate: IssuedCertificate) async throws(EnrolmentError) {
    let noting = try await stored { store throws(CentralStoreError) in
      try await store.note(certificate)
    }
    guard noting == .noted else { throw .nodeUnusable }
  }

  /// Makes an invitation.
  ///
  /// - Parameters:
  ///   - uses: how many users may register with it; at least 1.
  ///   - lifetime: how many milliseconds it holds.
  /// - Returns: the token, which is not stored: show it now or never.
  public func invite(
    uses: Int, lifetime: Int64, at now: Moment
  ) async throws(EnrolmentError) -> (token: InvitationToken, invitation: Invitation) {
    var generator = SystemRandomNumberGenerator()
    let token = InvitationToken.random(using: &generator)
    let invitation = Invitation(
      hash: InvitationHash(of: token), usesLeft: max(1, uses), created: now,
      expires: now + max(0, lifetime))
    try await stored { store throws(CentralStoreError) in
      try await store.addInvitation(invitation)
    }
    return (token, invitation)
  }

  private func authenticate(
    _ userid: String, _ text: String, from address: IPAddress, at now: Moment
  ) async throws(EnrolmentError) -> UserCredentials {
    let identifier = try? UserIdentifier(userid)
    try begin(user: identifier, from: address, at: now)
    let (isRight, credentials): (Bool, UserCredentials?)
    do {
      (isRight, credentials) = try await verified(identifier, text)
    } catch {
      // Our own trouble must lock nobody out.
      attempts.withdraw(user: identifier, address: address, at: now)
      throw error
    }
    guard isRight, let credentials else { throw .wrongCredentials }
    attempts.succeed(user: identifier, address: address, at: now)
    guard credentials.user.disabled == nil else { throw .disabled }
    return try await renewed(credentials, text)
  }

  /// Whether the password is the user's, after the same work for each.
  private func verified(
    _ identifier: UserIdentifier?, _ text: String
  ) async throws(EnrolmentError) -> (Bool, UserCredentials?) {
    var credentials: UserCredentials?
    if let identifier { credentials = try await self.credentials(of: identifier) }
    // Too long to be anybody's: hashed as an empty one, which is nobody's either.
    let password = Password(text) ?? .empty
    return (try await check(password, credentials?.verifier), credentials)
  }

  /// Hashes the password again where the stored verifier cost less than is asked for today.
  private func renewed(
    _ credentials: UserCredentials, _ text: String
  ) async throws(EnrolmentError) -> UserCredentials {
    guard credentials.verifier.parameters != hasher.parameters, let password = Password(text),
      let verifier = try? await hasher.verifier(of: password)
    else { return credentials }
    let replaced = try await stored { store throws(CentralStoreError) in
      try await store.replaceVerifier(
        of: credentials.user.serial, credentials.verifier, with: verifier)
    }
    return replaced
      ? UserCredentials(user: credentials.user, verifier: verifier) : credentials
  }

  private func replacePassword(
    of credentials: UserCredentials, with text: String
  ) async throws(EnrolmentError) {
    let password = try Self.newPassword(text, of: credentials.user.identifier)
    let verifier = try await verifier(of: password)
    let replaced = try await stored { store throws(CentralStoreError) in
      try await store.replaceVerifier(
        of: credentials.user.serial, credentials.verifier, with: verifier)
    }
    // Somebody else changed it meanwhile: the old password is not the password any more.
    guard replaced else { throw .wrongCredentials }
  }

  private func begin(
    user: UserIdentifier?, from address: IPAddress, at now: Moment
  ) throws(EnrolmentError) {
    if let wait = attempts.begin(user: user, address: address, at: now) {
      throw .tooManyAttempts(wait: wait)
    }
  }

  /// The invitation that a registration takes; nil where none is needed.
  private func invitationNeeded(
    _ token: InvitationToken?, at now: Moment
  ) async throws(EnrolmentError) -> InvitationHash? {
    let settings = try await stored { store throws(CentralStoreError) in
      try await store.settings()
    }
    switch settings.registration {
    case .open: return nil
    case .closed: throw .registrationClosed
    case .invitation:
      guard let token else { throw .invitationUnusable }
      let hash = InvitationHash(of: token)
      let invitation = try await stored { store throws(CentralStoreError) in
        try await store.invitation(hash)
      }
      guard let invitation, invitation.isUsable(at: now) else { throw .invitationUnusable }
      return hash
    }
  }

  private func credentials(
    of identifier: UserIdentifier
  ) async throws(EnrolmentError) -> UserCredentials? {
    try await stored { store throws(CentralStoreError) in
      try await store.credentials(of: identifier)
    }
  }

  private func stored<Value: Sendable>(
    _ body: (any CentralStore) async throws(CentralStoreError) -> Value
  ) async throws(EnrolmentError) -> Value {
    do { return try await body(store) } catch { throw .store(error) }
  }

  private func verifier(of password: Password) async throws(EnrolmentError) -> PasswordVerifier {
    do { return try await hasher.verifier(of: password) } catch { throw .busy }
  }

  private func check(
    _ password: Password, _ verifier: PasswordVerifier?
  ) async throws(EnrolmentError) -> Bool {
    do { return try await hasher.check(password, verifier) } catch { throw .busy }
  }

  private static func identifier(_ text: String) throws(EnrolmentError) -> UserIdentifier {
    do { return try UserIdentifier(text) } catch { throw .badIdentifier(error) }
  }

  private static func newPassword(
    _ text: String, of identifier: UserIdentifier
  ) throws(EnrolmentError) -> Password {
    do { return try Password(new: text, of: identifier) } catch { throw .badPassword(error) }
  }
}

extension UserProfile {
  fileprivate var isAcceptable: Bool {
    displayName.utf8.count <= 200
      && !displayName.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
