/// The ``CentralStore`` for several central servers side by side: one PostgreSQL database, through
/// libpq. It connects again by itself after the server was away.
///
/// The leader's lock belongs to a session of the server: connect directly, or through a pooler that
/// gives each client a session of its own.
public struct PostgreSQLCentralStore: SQLCentralStore {
  public let database: PostgreSQLDatabase
  public let leaderPatience: Int64

  /// Connects, and brings the tables up to date.
  ///
  /// - Parameters:
  ///   - address: of an existing database with the encoding UTF8, whose user may create tables.
  ///   - leaderPatience: how long a leader may be silent before another takes over, in milliseconds.
  public init(
    _ address: PostgreSQLAddress, limits: PostgreSQLLimits = PostgreSQLLimits(),
    leaderPatience: Int64 = 10_000
  ) async throws(CentralStoreError) {
    try await self.init(
      address, limits: limits, leaderPatience: leaderPatience, schema: .current)
  }

  init(
    _ address: PostgreSQLAddress, limits: PostgreSQLLimits = PostgreSQLLimits(),
    leaderPatience: Int64 = 10_000, schema: StoreSchema
  ) async throws(CentralStoreError) {
    database = PostgreSQLDatabase(address, limits: limits)
    self.leaderPatience = leaderPatience
    try await schema.migrate(database)
  }
}
