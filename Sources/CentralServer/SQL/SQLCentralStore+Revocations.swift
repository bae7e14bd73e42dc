import Placement

extension SQLCentralStore {
  public func revoke(
    _ subject: RevocationSubject, at time: Moment
  ) async throws(CentralStoreError) -> Bool {
    try await database.transaction(.writing) { session in
      let changed: Int
      switch subject {
      case .user(let user):
        changed = try session.execute(
          "UPDATE users SET disabled = ? WHERE user_serial_id = ? AND disabled IS NULL",
          [.integer(time.milliseconds), .integer(user.number)])
      case .node(let node):
        changed = try session.execute(
          "UPDATE node_credentials SET revoked = ? WHERE node = ? AND revoked IS NULL",
          [.integer(time.milliseconds), .key(node.name)])
      }
      guard let name = try subject.name(session) else { return false }
      if changed == 1 { try subject.note(isRevoked: true, name: name, at: time, session) }
      return true
    }
  }

  public func reinstate(
    _ subject: RevocationSubject, at time: Moment
  ) async throws(CentralStoreError) -> Bool {
    try await database.transaction(.writing) { session in
      let changed: Int
      switch subject {
      case .user(let user):
        changed = try session.execute(
          "UPDATE users SET disabled = NULL WHERE user_serial_id = ? AND disabled IS NOT NULL",
          [.integer(user.number)])
      case .node(let node):
        changed = try session.execute(
          "UPDATE node_credentials SET revoked = NULL WHERE node = ? AND revoked IS NOT NULL",
          [.key(node.name)])
      }
      guard let name = try subject.name(session) else { return false }
      if changed == 1 { try subject.note(isRevoked: false, name: name, at: time, session) }
      return true
    }
  }

  public func revocations(
    after revision: UInt64, limit: Int
  ) async throws(CentralStoreError) -> RevocationChanges {
    let limit = max(1, limit)
    return try await database.transaction(.reading) { session in
      let found = try session.all(
        """
        SELECT kind, subject, name, is_revoked, revision, revised FROM revocations
        WHERE revision > ? ORDER BY revision LIMIT ?
        """, [.bits(min(revision, UInt64(Int64.max))), .integer(limit + 1)]
      ) { row in
        RevocationEntry(
          subject: try RevocationSubject(kind: try row.text(0), key: try row.text(1)),
          name: try row.text(2), isRevoked: try row.integer(3) != 0,
          revision: try row.bits(4), time: Moment(milliseconds: try row.integer(5)))
      }
      return RevocationChanges(entries: Array(found.prefix(limit)), isLast: found.count <= limit)
    }
  }
}

extension RevocationSubject {
  fileprivate init(kind: String, key: String) throws {
    switch (kind, Int64(key)) {
    case ("user", let number?): self = .user(UserSerial(number))
    case ("node", _): self = .node(NodeID(key))
    default: throw Unreadable("subject of a revocation", "\(kind) \(key)")
    }
  }

  private var columns: (kind: String, key: String) {
    switch self {
    case .user(let serial): ("user", "\(serial)")
    case .node(let node): ("node", node.name)
    }
  }

  /// As certificates say it; nil if there is no such user or node.
  fileprivate func name(_ session: any SQLSession) throws -> String? {
    switch self {
    case .user(let serial):
      try session.first(
        "SELECT userid FROM users WHERE user_serial_id = ?", [.integer(serial.number)]
      ) { try $0.text(0) }
    case .node(let node):
      try session.first(
        "SELECT node FROM node_credentials WHERE node = ?", [.key(node.name)]
      ) { try $0.text(0) }
    }
  }

  /// Gives the subject the next revision. The counter's row is held until the end of the
  /// transaction, so that revisions come to be seen in their order: who has read up to one never
  /// misses an earlier one.
  fileprivate func note(
    isRevoked: Bool, name: String, at time: Moment, _ session: any SQLSession
  ) throws {
    let revision = try session.first(
      "UPDATE counters SET value = value + 1 WHERE name = 'revocation' RETURNING value"
    ) { try $0.integer(0) }
    guard let revision else { throw Unreadable("counter of revocations", "nothing") }
    try session.execute(
      """
      INSERT INTO revocations (kind, subject, name, is_revoked, revision, revised)
      VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (kind, subject) DO UPDATE SET name = excluded.name,
          is_revoked = excluded.is_revoked, revision = excluded.revision,
          revised = excluded.revised
      """,
      [
        .key(columns.kind), .key(columns.key), .text(name), .integer(isRevoked ? 1 : 0),
        .integer(revision), .integer(time.milliseconds),
      ])
  }
}
