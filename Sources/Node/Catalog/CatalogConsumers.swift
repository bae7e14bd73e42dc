import GRDB

/// Something that follows the catalog's changes and must hear of every removal.
public struct CatalogConsumer: RawRepresentable, Hashable, Sendable {
  public let rawValue: String

  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// This machine's own index.
  public static let ownIndex = Self(rawValue: "own index")
  /// The index of the group that this machine's node is in, whichever that is.
  public static let group = Self(rawValue: "group")
  /// The second copy of that index, wherever it is kept.
  public static let standby = Self(rawValue: "standby")
}

extension Catalog {
  /// The number up to which removals are forgotten: an index that stands before it must take
  /// everything anew.
  public func acknowledgedSequence() throws(CatalogError) -> Int64 {
    try read { try Self.forgottenSequence($0) }
  }

  /// The number up to which a consumer has durably taken the changes; 0 for one that never said.
  public func acknowledgedSequence(of consumer: CatalogConsumer) throws(CatalogError) -> Int64 {
    try read { try Self.acknowledgedSequence(of: consumer, in: $0) ?? 0 }
  }

  /// Has removals kept from now on until the consumer has taken them. What it has not taken before
  /// it must take anew. A consumer that is kept for already stays where it is.
  public func keepRemovals(for consumer: CatalogConsumer) throws(CatalogError) {
    try write { database in
      try database.execute(
        sql: """
          INSERT OR IGNORE INTO consumers (name, acknowledged)
          SELECT ?, acknowledged FROM catalog
          """, arguments: [consumer.rawValue])
    }
  }

  /// Ends that removals are kept for the consumer.
  public func forget(_ consumer: CatalogConsumer) throws(CatalogError) {
    try write { database in
      try database.execute(
        sql: "DELETE FROM consumers WHERE name = ?", arguments: [consumer.rawValue])
      try Self.forgetRemovals(database)
    }
  }

  /// Ends that removals are kept for `consumer`, and has `heir` go on where it was, if it was not as
  /// far: so an index that the one has followed can be followed by the other.
  public func handOver(
    from consumer: CatalogConsumer, to heir: CatalogConsumer
  ) throws(CatalogError) {
    try write { database in
      guard let taken = try Self.acknowledgedSequence(of: consumer, in: database) else { return }
      try database.execute(
        sql: "UPDATE consumers SET acknowledged = min(acknowledged, ?) WHERE name = ?",
        arguments: [taken, heir.rawValue])
      try database.execute(
        sql: "DELETE FROM consumers WHERE name = ?", arguments: [consumer.rawValue])
    }
  }

  /// Says that a consumer has durably taken the changes up to a number. Removals that all consumers
  /// have taken are forgotten. A number below an earlier one changes nothing.
  public func acknowledge(
    _ sequence: Int64, by consumer: CatalogConsumer
  ) throws(CatalogError) {
    try write { database in
      try database.execute(
        sql: """
          INSERT INTO consumers (name, acknowledged) VALUES (?, ?)
          ON CONFLICT (name) DO UPDATE SET acknowledged = max(acknowledged, excluded.acknowledged)
          """, arguments: [consumer.rawValue, sequence])
      try Self.forgetRemovals(database)
    }
  }

  /// How many removals are kept at most. A consumer that is further behind takes everything anew:
  /// that is less work than so many removals, and the catalog does not grow without end because a
  /// network is away.
  static let mostRemovals = 1_000_000

  static func forgottenSequence(_ database: Database) throws -> Int64 {
    try Int64.fetchOne(database, sql: "SELECT acknowledged FROM catalog") ?? 0
  }

  static func acknowledgedSequence(
    of consumer: CatalogConsumer, in database: Database
  ) throws -> Int64? {
    try Int64.fetchOne(
      database, sql: "SELECT acknowledged FROM consumers WHERE name = ?",
      arguments: [consumer.rawValue])
  }

  private static func forgetRemovals(_ database: Database) throws {
    let taken = try Int64.fetchOne(database, sql: "SELECT min(acknowledged) FROM consumers") ?? 0
    let surplus =
      try Int64.fetchOne(
        database, sql: "SELECT sequence FROM removals ORDER BY sequence DESC LIMIT 1 OFFSET ?",
        arguments: [mostRemovals]) ?? 0
    let forgotten = max(taken, surplus)
    try database.execute(
      sql: "UPDATE catalog SET acknowledged = ? WHERE acknowledged < ?",
      arguments: [forgotten, forgotten])
    try database.execute(
      sql: "DELETE FROM removals WHERE sequence <= ?", arguments: [forgotten])
  }
}
