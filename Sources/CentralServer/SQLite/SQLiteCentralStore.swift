import Placement

/// The embedded ``CentralStore``: one SQLite file, through GRDB. For one central server; a second
/// one on the same file follows the first.
public struct SQLiteCentralStore: SQLCentralStore {
  public let database: SQLiteDatabase
  public let leaderPatience: Int64

  /// Opens the store and brings its tables up to date.
  ///
  /// - Parameters:
  ///   - path: the file, created when missing. SQLite puts `-wal` and `-shm` beside it, the lock of
  ///     the leader is `-leader`.
  ///   - leaderPatience: how long a leader may be silent before another takes over, in milliseconds.
  public init(path: String, leaderPatience: Int64 = 10_000) async throws(CentralStoreError) {
    try await self.init(path: path, leaderPatience: leaderPatience, schema: .current)
  }

  init(
    path: String, leaderPatience: Int64 = 10_000, schema: StoreSchema
  ) async throws(CentralStoreError) {
    database = try SQLiteDatabase(path: path)
    self.leaderPatience = leaderPatience
    try await schema.migrate(database)
  }
}
