/// The tables, version by version.
///
/// - `users`, `virtual_servers`, `router_bands`, `nodes`: the paper's tables with its columns. One
///   row of `virtual_servers` is a group with its lease's epoch. `router_bands.place` is the order
///   in which the ways were learned.
/// - `counters`: the last number that placement gave out, and the last revision of revocations.
/// - `leadership`: one row: who places nodes, in which term, when last renewed by the database's
///   clock.
/// - `node_credentials`, `certificates`: which nodes a user has, and what was issued to them.
/// - `revocations`: the last word on each user or node that was ever revoked.
/// - `invitations`, `band_overrides`, `settings`: what the operator decides.
///
/// Times are milliseconds since 1970 by the central server's clock. Groups, epochs, incarnations
/// and revisions are unsigned numbers, stored as their bits.
struct StoreSchema: Sendable {
  struct Migration: Sendable {
    let version: Int
    /// `{serial}` and `{key}` stand for the dialect's types.
    let script: String
  }

  let migrations: [Migration]

  static let current = StoreSchema(migrations: [
    Migration(version: 1, script: placementTables),
    Migration(version: 2, script: enrolmentTables),
  ])

  /// The version that this program knows.
  var supported: Int { migrations.last?.version ?? 0 }

  /// Brings the tables up to date, in one transaction. Central servers that do so at once wait for
  /// each other.
  ///
  /// - Throws: ``CentralStoreError/newerSchema(database:found:supported:)``.
  func migrate(_ database: some SQLDatabase) async throws(CentralStoreError) {
    // Nearly always nothing is to be done, and then nobody should wait for a lock.
    let found = try await database.transaction(.reading) { session in
      try Self.version(session)
    }
    if found == supported { return }
    try await database.transaction(.placing) { session in
      if let lock = session.dialect.migrationLock { try session.execute(lock) }
      try session.perform(
        script: "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")
      let found = try Self.version(session)
      guard found <= supported else {
        throw CentralStoreError.newerSchema(
          database: database.name, found: found, supported: supported)
      }
      for migration in migrations where migration.version > found {
        try session.perform(script: Self.script(migration.script, in: session.dialect))
      }
      try session.execute("DELETE FROM schema_version")
      try session.execute("INSERT INTO schema_version (version) VALUES (?)", [.integer(supported)])
    }
  }

  /// 0 where there are no tables yet.
  private static func version(_ session: any SQLSession) throws -> Int {
    let isThere = try session.first(session.dialect.versionTableCount) { try $0.integer(0) > 0 }
    guard isThere == true else { return 0 }
    return try session.first("SELECT version FROM schema_version") { Int(try $0.integer(0)) } ?? 0
  }

  private static func script(_ script: String, in dialect: SQLDialect) -> String {
    script.replacing("{serial}", with: dialect.serialKey)
      .replacing("{key}", with: dialect.keyText)
  }

  private static let placementTables = """
    CREATE TABLE users (
        user_serial_id {serial}, userid TEXT NOT NULL, userid_folded {key} NOT NULL UNIQUE,
        verifier TEXT NOT NULL, display_name TEXT NOT NULL, created BIGINT NOT NULL,
        disabled BIGINT);
    CREATE TABLE router_bands (
        band {key} NOT NULL PRIMARY KEY, router_ip TEXT NOT NULL, router_path TEXT NOT NULL,
        place BIGINT NOT NULL);
    CREATE TABLE virtual_servers (
        group_number BIGINT NOT NULL PRIMARY KEY, server_ip TEXT, server_port BIGINT,
        router_ip TEXT NOT NULL, client_count BIGINT NOT NULL, limit_count BIGINT NOT NULL,
        band TEXT NOT NULL, host TEXT NOT NULL, epoch BIGINT NOT NULL);
    CREATE TABLE nodes (
        node {key} NOT NULL PRIMARY KEY, limit_count BIGINT NOT NULL, started BIGINT NOT NULL,
        band TEXT NOT NULL, group_number BIGINT, presence TEXT NOT NULL,
        incarnation BIGINT NOT NULL, last_seen BIGINT NOT NULL);
    CREATE TABLE counters (name {key} NOT NULL PRIMARY KEY, value BIGINT NOT NULL);
    INSERT INTO counters (name, value) VALUES ('last_number', 0);
    CREATE TABLE leadership (
        id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1), term BIGINT NOT NULL, address TEXT,
        renewed BIGINT NOT NULL);
    INSERT INTO leadership (id, term, address, renewed) VALUES (1, 0, NULL, 0);
    """

  private static let enrolmentTables = """
    CREATE TABLE node_credentials (
        node {key} NOT NULL PRIMARY KEY,
        user_serial_id BIGINT NOT NULL REFERENCES users (user_serial_id),
        created BIGINT NOT NULL, revoked BIGINT);
    CREATE INDEX node_credentials_user ON node_credentials (user_serial_id);
    CREATE TABLE certificates (
        serial {key} NOT NULL PRIMARY KEY,
        node {key} NOT NULL REFERENCES node_credentials (node),
        issued BIGINT NOT NULL, expires BIGINT NOT NULL);
    CREATE INDEX certificates_node ON certificates (node);
    CREATE INDEX certificates_expires ON certificates (expires);
    CREATE TABLE revocations (
        kind {key} NOT NULL, subject {key} NOT NULL, name TEXT NOT NULL,
        is_revoked BIGINT NOT NULL, revision BIGINT NOT NULL UNIQUE, revised BIGINT NOT NULL,
        PRIMARY KEY (kind, subject));
    INSERT INTO counters (name, value) VALUES ('revocation', 0);
    CREATE TABLE invitations (
        token_hash {key} NOT NULL PRIMARY KEY, uses_left BIGINT NOT NULL,
        created BIGINT NOT NULL, expires BIGINT NOT NULL);
    CREATE TABLE band_overrides (address_range {key} NOT NULL PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE settings (name {key} NOT NULL PRIMARY KEY, value TEXT NOT NULL);
    """
}
