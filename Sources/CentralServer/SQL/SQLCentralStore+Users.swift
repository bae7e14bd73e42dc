import Placement

extension SQLCentralStore {
  public func addUser(
    _ user: NewUser, invitation: InvitationHash?, at time: Moment
  ) async throws(CentralStoreError) -> UserAddition {
    try await database.transaction(.writing) { session in
      if let invitation {
        let count = try session.execute(
          """
          UPDATE invitations SET uses_left = uses_left - 1
          WHERE token_hash = ? AND uses_left > 0 AND expires > ?
          """, [.key(invitation.text), .integer(time.milliseconds)])
        guard count == 1 else { return .invitationUnusable }
      }
      let serial = try session.first(
        """
        INSERT INTO users (userid, userid_folded, verifier, display_name, created)
        VALUES (?, ?, ?, ?, ?) ON CONFLICT (userid_folded) DO NOTHING RETURNING user_serial_id
        """,
        [
          .text(user.identifier.name), .key(user.identifier.folded),
          .text(user.verifier.description), .text(user.profile.displayName),
          .integer(time.milliseconds),
        ]
      ) { UserSerial(try $0.integer(0)) }
      guard let serial else {
        if let invitation {
          try session.execute(
            "UPDATE invitations SET uses_left = uses_left + 1 WHERE token_hash = ?",
            [.key(invitation.text)])
        }
        return .taken
      }
      return .added(
        User(serial: serial, identifier: user.identifier, profile: user.profile, created: time))
    }
  }

  public func credentials(
    of identifier: UserIdentifier
  ) async throws(CentralStoreError) -> UserCredentials? {
    try await database.transaction(.reading) { session in
      try session.first(
        "SELECT \(UserColumns.list), verifier FROM users WHERE userid_folded = ?",
        [.key(identifier.folded)]
      ) { row in
        let text = try row.text(UserColumns.count)
        guard let verifier = PasswordVerifier(text) else { throw Unreadable("verifier", "…") }
        return UserCredentials(user: try UserColumns.read(row), verifier: verifier)
      }
    }
  }

  public func users(
    after serial: UserSerial?, limit: Int
  ) async throws(CentralStoreError) -> [User] {
    try await database.transaction(.reading) { session in
      try session.all(
        """
        SELECT \(UserColumns.list) FROM users WHERE user_serial_id > ?
        ORDER BY user_serial_id LIMIT ?
        """, [.integer(serial?.number ?? .min), .integer(limit)], UserColumns.read)
    }
  }

  public func replaceVerifier(
    of user: UserSerial, _ old: PasswordVerifier, with new: PasswordVerifier
  ) async throws(CentralStoreError) -> Bool {
    try await database.transaction(.writing) { session in
      try session.execute(
        "UPDATE users SET verifier = ? WHERE user_serial_id = ? AND verifier = ?",
        [.text(new.description), .integer(user.number), .text(old.description)]) == 1
    }
  }

  public func setProfile(
    _ profile: UserProfile, of user: UserSerial
  ) async throws(CentralStoreError) -> Bool {
    try await database.transaction(.writing) { session in
      try session.execute(
        "UPDATE users SET display_name = ? WHERE user_serial_id = ?",
        [.text(profile.displayName), .integer(user.number)]) == 1
    }
  }
}

/// The table `users` without the verifiers.
enum UserColumns {
  static let list = "user_serial_id, userid, userid_folded, display_name, created, disabled"
  static let count = 6

  static func read(_ row: any SQLRow) throws -> User {
    User(
      serial: UserSerial(try row.integer(0)),
      identifier: UserIdentifier(stored: try row.text(1), folded: try row.text(2)),
      profile: UserProfile(displayName: try row.text(3)),
      created: Moment(milliseconds: try row.integer(4)),
      disabled: try row.optionalInteger(5).map(Moment.init(milliseconds:)))
  }
}
