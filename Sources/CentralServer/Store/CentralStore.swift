import Placement
import RouterBands

/// What a central server keeps. Each operation is one transaction: all of it or nothing, durable
/// when it returns.
///
/// There are no file records in it, and no operation that could put one there.
///
/// Every operation throws ``CentralStoreError``. After ``CentralStoreError/unreachable(database:reason:)``
/// it is not known whether a change was made; each operation says what repeating it does.
public protocol CentralStore: PlacementStore, UserStore, NodeCredentialStore, RuleStore {}

/// The tables of `Placement` and who may write them.
public protocol PlacementStore: Sendable {
  /// All that placement stored; empty at first.
  func loadTables() async throws(CentralStoreError) -> Tables

  /// Makes the changes of one `Outcome`. Making them again changes nothing.
  ///
  /// - Parameter term: from ``acquireLeadership(address:)``.
  /// - Throws: ``CentralStoreError/fenced(leader:)`` if a later term has begun: then nothing was
  ///   written, and this central server must stop placing.
  func commit(_ changes: [RowChange], term: Term) async throws(CentralStoreError)

  /// The stored ways to the bands, in the order in which they were first stored, for
  /// `KnownRouterTree(learning:)`.
  func routerPaths() async throws(CentralStoreError) -> [RouterPath]

  /// Asks to lead. Another central server that leads keeps doing so until it resigns, dies or has
  /// not renewed for the store's patience. Asking again while leading begins a new term.
  ///
  /// - Parameter address: where others send whoever asks them for a place.
  func acquireLeadership(address: String) async throws(CentralStoreError) -> Leadership

  /// Says that the leader is alive. Call it several times within the store's patience.
  ///
  /// - Throws: ``CentralStoreError/fenced(leader:)`` if a later term has begun.
  func renewLeadership(_ term: Term) async throws(CentralStoreError)

  /// Lets another lead at once. Of an earlier term it changes nothing.
  func resignLeadership(_ term: Term) async throws(CentralStoreError)
}

/// The users.
public protocol UserStore: Sendable {
  /// Adds a user, and takes one use of an invitation with it.
  ///
  /// Repeated after a lost answer it gives ``UserAddition/taken``.
  func addUser(
    _ user: NewUser, invitation: InvitationHash?, at time: Moment
  ) async throws(CentralStoreError) -> UserAddition

  /// The user with whatever spelling of the id folds to the same; nil if there is none.
  func credentials(
    of identifier: UserIdentifier
  ) async throws(CentralStoreError) -> UserCredentials?

  /// The users in the order of their numbers.
  ///
  /// - Parameters:
  ///   - serial: those after it; nil begins at the first.
  ///   - limit: how many at most.
  func users(
    after serial: UserSerial?, limit: Int
  ) async throws(CentralStoreError) -> [User]

  /// Puts another verifier in the place of `old`.
  ///
  /// - Returns: false if the verifier is not `old` any more, or the user is gone: nothing changed.
  func replaceVerifier(
    of user: UserSerial, _ old: PasswordVerifier, with new: PasswordVerifier
  ) async throws(CentralStoreError) -> Bool

  /// - Returns: false if there is no such user.
  func setProfile(
    _ profile: UserProfile, of user: UserSerial
  ) async throws(CentralStoreError) -> Bool
}

/// What nodes may prove themselves with, and what was taken back.
public protocol NodeCredentialStore: Sendable {
  /// Gives a user a node. Repeating it gives ``NodeAddition/known``.
  ///
  /// - Parameter limit: how many unrevoked nodes the user may have.
  func addNode(
    _ node: NodeID, of user: UserSerial, limit: Int, at time: Moment
  ) async throws(CentralStoreError) -> NodeAddition

  /// Notes a certificate before it is handed out. Repeating it changes nothing.
  func note(_ certificate: IssuedCertificate) async throws(CentralStoreError) -> CertificateNoting

  /// The nodes of a user, by name; of everybody for nil.
  func nodeCredentials(of user: UserSerial?) async throws(CentralStoreError) -> [NodeCredential]

  /// Forgets certificates that nobody accepts any more.
  ///
  /// - Returns: how many.
  func forgetCertificates(expiredBefore time: Moment) async throws(CentralStoreError) -> Int

  /// Takes a user's or node's right back. Repeating it changes nothing.
  ///
  /// - Returns: false if there is no such user or node.
  func revoke(_ subject: RevocationSubject, at time: Moment) async throws(CentralStoreError)
    -> Bool

  /// Gives a user or node the right back; a user's revoked nodes stay revoked. Repeating it changes
  /// nothing.
  ///
  /// - Returns: false if there is no such user or node.
  func reinstate(_ subject: RevocationSubject, at time: Moment) async throws(CentralStoreError)
    -> Bool

  /// What was revoked or reinstated after a revision, for ``RevocationRegister/apply(_:)``.
  ///
  /// - Parameters:
  ///   - revision: what the asker has; 0 for everything.
  ///   - limit: how many entries at most.
  func revocations(
    after revision: UInt64, limit: Int
  ) async throws(CentralStoreError) -> RevocationChanges
}

/// What the operator decides.
public protocol RuleStore: Sendable {
  /// Adds an invitation. Adding its hash again changes nothing.
  func addInvitation(_ invitation: Invitation) async throws(CentralStoreError)

  /// The invitation of this hash, used up or expired or not; nil if there is none.
  func invitation(_ hash: InvitationHash) async throws(CentralStoreError) -> Invitation?

  /// By expiry, the next first.
  func invitations() async throws(CentralStoreError) -> [Invitation]

  /// - Returns: false if there was none.
  func removeInvitation(_ hash: InvitationHash) async throws(CentralStoreError) -> Bool

  /// The names that override what tracing says, for `BandRules`.
  func bandOverrides() async throws(CentralStoreError) -> [IPPrefix: String]

  /// Names a range's band; nil takes the override away.
  ///
  /// - Throws: ``CentralStoreError/unstorable(reason:)`` for a name that no band can have.
  func setBandOverride(_ name: String?, for range: IPPrefix) async throws(CentralStoreError)

  func settings() async throws(CentralStoreError) -> CentralSettings

  func setSettings(_ settings: CentralSettings) async throws(CentralStoreError)

  /// Says which certificate authority the stored credentials are from. The first fingerprint stays.
  ///
  /// - Returns: the one that stays. Another than the given one means that this central server has
  ///   lost its authority's key, or looks at the database of another.
  func adoptAuthority(fingerprint: String) async throws(CentralStoreError) -> String
}
