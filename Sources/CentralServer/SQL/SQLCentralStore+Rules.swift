import Placement
import RouterBands

extension SQLCentralStore {
  public func addInvitation(_ invitation: Invitation) async throws(CentralStoreError) {
    try await database.transaction(.writing) { session -> Void in
      try session.execute(
        """
        INSERT INTO invitations (token_hash, uses_left, created, expires) VALUES (?, ?, ?, ?)
        ON CONFLICT (token_hash) DO NOTHING
        """,
        [
          .key(invitation.hash.text), .integer(invitation.usesLeft),
          .integer(invitation.created.milliseconds), .integer(invitation.expires.milliseconds),
        ])
    }
  }

  public func invitation(
    _ hash: InvitationHash
  ) async throws(CentralStoreError) -> Invitation? {
    try await database.transaction(.reading) { session in
      try session.first(
        "SELECT \(InvitationColumns.list) FROM invitations WHERE token_hash = ?",
        [.key(hash.text)], InvitationColumns.read)
    }
  }

  public func invitations() async throws(CentralStoreError) -> [Invitation] {
    try await database.transaction(.reading) { session in
      try session.all(
        "SELECT \(InvitationColumns.list) FROM invitations ORDER BY expires, token_hash", [],
        InvitationColumns.read)
    }
  }

  public func removeInvitation(_ hash: InvitationHash) async throws(CentralStoreError) -> Bool {
    try await database.transaction(.writing) { session in
      try session.execute(
        "DELETE FROM invitations WHERE token_hash = ?", [.key(hash.text)]) == 1
    }
  }

  public func bandOverrides() async throws(CentralStoreError) -> [IPPrefix: String] {
    try await database.transaction(.reading) { session in
      var overrides: [IPPrefix: String] = [:]
      try session.query("SELECT address_range, name FROM band_overrides") { row in
        let text = try row.text(0)
        guard let range = IPPrefix(text) else { throw Unreadable("range of addresses", text) }
        overrides[range] = try row.text(1)
      }
      return overrides
    }
  }

  public func setBandOverride(
    _ name: String?, for range: IPPrefix
  ) async throws(CentralStoreError) {
    // One that is stored and cannot be read as a rule would keep the central server from starting.
    if let name, !BandKey.isName(name) {
      throw .unstorable(reason: BandRulesError.badName(name, range: range).description)
    }
    try await database.transaction(.writing) { session in
      guard let name else {
        try session.execute(
          "DELETE FROM band_overrides WHERE address_range = ?", [.key(range.description)])
        return
      }
      try session.execute(
        """
        INSERT INTO band_overrides (address_range, name) VALUES (?, ?)
        ON CONFLICT (address_range) DO UPDATE SET name = excluded.name
        """, [.key(range.description), .text(name)])
    }
  }

  public func settings() async throws(CentralStoreError) -> CentralSettings {
    try await database.transaction(.reading) { session in
      var settings = CentralSettings()
      try session.query("SELECT name, value FROM settings") { row in
        let value = try row.text(1)
        switch SettingName(rawValue: try row.text(0)) {
        case .registration:
          guard let mode = RegistrationMode(rawValue: value) else {
            throw Unreadable("registration mode", value)
          }
          settings.registration = mode
        case .ipv6PrefixLength:
          guard let length = Int(value) else { throw Unreadable("prefix length", value) }
          settings.ipv6PrefixLength = length
        case .authority, nil: break
        }
      }
      return settings
    }
  }

  public func setSettings(_ settings: CentralSettings) async throws(CentralStoreError) {
    try await database.transaction(.writing) { session in
      // In one order always, so that no two central servers wait for each other.
      try SettingName.ipv6PrefixLength.put("\(settings.ipv6PrefixLength)", session)
      try SettingName.registration.put(settings.registration.rawValue, session)
    }
  }

  public func adoptAuthority(
    fingerprint: String
  ) async throws(CentralStoreError) -> String {
    try await database.transaction(.writing) { session in
      try session.execute(
        "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
        [.key(SettingName.authority.rawValue), .text(fingerprint)])
      return try session.first(
        "SELECT value FROM settings WHERE name = ?", [.key(SettingName.authority.rawValue)]
      ) { try $0.text(0) } ?? fingerprint
    }
  }
}

/// The names in the table `settings`.
private enum SettingName: String {
  case registration
  case ipv6PrefixLength = "ipv6_prefix_length"
  case authority = "authority_fingerprint"

  func put(_ value: String, _ session: any SQLSession) throws {
    try session.execute(
      """
      INSERT INTO settings (name, value) VALUES (?, ?)
      ON CONFLICT (name) DO UPDATE SET value = excluded.value
      """, [.key(rawValue), .text(value)])
  }
}

/// The table `invitations`.
private enum InvitationColumns {
  static let list = "token_hash, uses_left, created, expires"

  static func read(_ row: any SQLRow) throws -> Invitation {
    Invitation(
      hash: InvitationHash(stored: try row.text(0)), usesLeft: Int(try row.integer(1)),
      created: Moment(milliseconds: try row.integer(2)),
      expires: Moment(milliseconds: try row.integer(3)))
  }
}
