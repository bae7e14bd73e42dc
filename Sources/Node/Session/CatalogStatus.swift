import Foundation
import GRDB

/// What the catalog holds, for people.
public struct CatalogStatus: Sendable {
  /// Files by the state of their content.
  public struct Counts: Hashable, Sendable {
    public var files = 0
    public var bytes: Int64 = 0
    /// Content read: found by what they hold, or nothing to be found in them.
    public var done = 0
    /// Content still to be read: found by name until then.
    public var pending = 0
    /// Content not readable: found by name, tried again when they change.
    public var failed = 0
  }

  public struct Failure: Hashable, Sendable {
    /// Absolute. Not safe for a terminal.
    public var path: PathBytes
    public var reason: String
  }

  public var shares: [(share: Share, counts: Counts)]
  /// How many folders there are in all shares, their own counted: what watching has to watch.
  public var folderCount: Int
  /// Some of the files whose content is not readable.
  public var failures: [Failure]
  /// The number of the last change, and of the last one that is in the index.
  public var lastSequence: Int64
  public var publishedSequence: Int64

  /// Over all shares.
  public var counts: Counts {
    shares.reduce(into: Counts()) { sum, share in
      sum.files += share.counts.files
      sum.bytes += share.counts.bytes
      sum.done += share.counts.done
      sum.pending += share.counts.pending
      sum.failed += share.counts.failed
    }
  }
}

extension Catalog {
  /// Counts what the catalog holds.
  ///
  /// - Parameter failureLimit: how many failures to list at most.
  public func status(failureLimit: Int = 100) throws(CatalogError) -> CatalogStatus {
    try read { database in
      return CatalogStatus(
        shares: try Self.shares(database).map { ($0, try Self.counts(database, of: $0)) },
        folderCount: try Int.fetchOne(database, sql: "SELECT count(*) FROM folders") ?? 0,
        failures: try Self.failures(database, limit: failureLimit),
        lastSequence: try Int64.fetchOne(database, sql: "SELECT sequence FROM catalog") ?? 0,
        publishedSequence: try Self.acknowledgedSequence(of: .ownIndex, in: database) ?? 0)
    }
  }

  private static func counts(_ database: Database, of share: Share) throws -> CatalogStatus.Counts {
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT count(*), coalesce(sum(f.size), 0), coalesce(sum(f.pending IS NOT NULL), 0),
            coalesce(sum(f.pending IS NULL AND c.failure IS NOT NULL), 0)
        FROM folders d JOIN files f ON f.folder = d.id LEFT JOIN contents c ON c.id = f.content
        WHERE d.share = ?
        """, arguments: [share.id])
    guard let row else { return CatalogStatus.Counts() }
    let (files, pending, failed): (Int, Int, Int) = (row[0], row[2], row[3])
    return CatalogStatus.Counts(
      files: files, bytes: row[1], done: files - pending - failed, pending: pending,
      failed: failed)
  }

  private static func failures(_ database: Database, limit: Int) throws -> [CatalogStatus.Failure] {
    var places = FolderPlaces(database)
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT f.folder, f.name, c.failure FROM contents c JOIN files f ON f.content = c.id
        WHERE c.failure IS NOT NULL AND f.pending IS NULL LIMIT ?
        """, arguments: [limit])
    return try rows.map { row in
      let place = try places.place(row[0])
      let name: Data = row[1]
      return CatalogStatus.Failure(
        path: place.share.root.appending(PathBytes(Array(place.start + Array(name)))),
        reason: row[2])
    }
  }
}
