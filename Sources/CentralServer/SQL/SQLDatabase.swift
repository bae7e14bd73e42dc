/// A database that speaks SQL, as ``SQLCentralStore`` needs it.
public protocol SQLDatabase: Sendable {
  /// For messages; without password.
  var name: String { get }
  var dialect: SQLDialect { get }

  /// Runs `body` in one transaction, which is durable when this returns. If `body` throws, nothing
  /// of it stays. It may run more than once, where the database asks to repeat a transaction.
  ///
  /// No cooperative thread is blocked meanwhile.
  func transaction<Value: Sendable>(
    _ kind: SQLTransactionKind, _ body: @escaping @Sendable (any SQLSession) throws -> Value
  ) async throws(CentralStoreError) -> Value

  /// Gives back what ``SQLSession/takeLeaderLock()`` took, if anything.
  func releaseLeaderLock() async
}

public enum SQLTransactionKind: Sendable {
  case reading
  case writing
  /// The leader's own work, which must not wait behind everybody's.
  case placing
}

/// Where the two databases' SQL differs.
public struct SQLDialect: Sendable {
  /// The type of a primary key that numbers its rows and gives no number twice.
  let serialKey: String
  /// The type of text that is compared and ordered by its bytes.
  let keyText: String
  /// Milliseconds since 1970 by the database's clock.
  let now: String
  /// Behind a SELECT: nobody changes these rows before this transaction ends.
  let lockingRead: String
  /// A statement that keeps others from migrating before this transaction ends.
  let migrationLock: String?
  /// 1 if there is a table `schema_version`, else 0.
  let versionTableCount: String

  static let sqlite = SQLDialect(
    serialKey: "INTEGER PRIMARY KEY AUTOINCREMENT", keyText: "TEXT",
    now: "CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)",
    // A writing transaction has the whole database to itself.
    lockingRead: "", migrationLock: nil,
    versionTableCount: "SELECT count(*) FROM sqlite_master WHERE name = 'schema_version'")

  static let postgreSQL = SQLDialect(
    serialKey: "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    keyText: "TEXT COLLATE \"C\"",
    now: "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
    lockingRead: " FOR UPDATE",
    migrationLock: "SELECT pg_advisory_xact_lock(\(PostgreSQLLock.migration))",
    // Through the search path, where our own tables would be found too.
    versionTableCount:
      "SELECT count(*) FROM pg_class WHERE oid = to_regclass('schema_version')")
}
