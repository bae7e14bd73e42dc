import Foundation
import GRDB
import SearchModel

/// A part of the catalog's history.
public struct CatalogDelta: Sendable {
  /// In the order of their numbers. Of several changes of one record only the last is there.
  public var changes: [RecordChange]

  /// Whoever took the changes knows the catalog up to this number.
  public var lastSequence: Int64

  /// Whether more follows.
  public var isLast: Bool
}

extension Catalog {
  /// How much text a delta holds before it ends early, in bytes.
  static let deltaByteCount = 16 << 20

  /// The changes after a number, oldest first.
  ///
  /// - Parameters:
  ///   - sequence: not below ``acknowledgedSequence()``, or removals may be missing; 0 gives all
  ///     records.
  ///   - limit: how many changes at most; a delta may end earlier where records are large.
  public func changes(after sequence: Int64, limit: Int) throws(CatalogError) -> CatalogDelta {
    try read { database in
      let last = try Int64.fetchOne(database, sql: "SELECT sequence FROM catalog") ?? 0
      let (records, recordHorizon) = try self.records(database, after: sequence, limit: limit)
      let (removals, removalHorizon) = try Self.removals(
        database, after: sequence, limit: limit)
      // Beyond the horizon one of the two has not been read.
      let horizon = min(recordHorizon, removalHorizon)
      let changes = (records + removals).filter { $0.0 <= horizon }.sorted { $0.0 < $1.0 }
      return CatalogDelta(
        changes: changes.map(\.1), lastSequence: min(horizon, last),
        isLast: horizon >= last)
    }
  }

  private typealias Numbered = (Int64, RecordChange)

  private static func removals(
    _ database: Database, after sequence: Int64, limit: Int
  ) throws -> ([Numbered], horizon: Int64) {
    let rows = try Row.fetchAll(
      database,
      sql: "SELECT sequence, key FROM removals WHERE sequence > ? ORDER BY sequence LIMIT ?",
      arguments: [sequence, limit])
    let removals = rows.compactMap { row in
      RecordKey(row["key"]).map { (row["sequence"] as Int64, RecordChange.remove($0)) }
    }
    return (removals, rows.count < limit ? .max : rows.last?["sequence"] ?? .max)
  }

  private func records(
    _ database: Database, after sequence: Int64, limit: Int
  ) throws -> ([Numbered], horizon: Int64) {
    var places = FolderPlaces(database)
    var records: [Numbered] = []
    var byteCount = 0
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT f.sequence, f.folder, f.name, f.size, f.modified, c.hash, c.title, c.keywords,
            c.text
        FROM files f LEFT JOIN contents c ON c.id = f.content
        WHERE f.sequence > ? ORDER BY f.sequence LIMIT ?
        """, arguments: [sequence, limit])
    while let row = try rows.next() {
      let place = try places.place(row[1])
      let record = Self.record(row, in: place, owner: owner)
      byteCount += record.text.utf8.count
      records.append((row[0], .put(record)))
      if byteCount >= Self.deltaByteCount { return (records, row[0]) }
    }
    return (records, records.count < limit ? .max : records.last?.0 ?? .max)
  }

  private static func record(_ row: Row, in place: FolderPlaces.Place, owner: Owner)
    -> SearchModel.Record
  {
    let name: Data = row[2]
    let hash: Data? = row[5]
    let modified: Int64 = row[4]
    let keywords: String = row[7] ?? ""
    return SearchModel.Record(
      key: place.keys.key(for: place.start + Array(name)),
      filename: String(decoding: name, as: UTF8.self), directory: place.directory,
      size: row[3],
      // Rounded down, before 1970 too.
      modified: (modified - (modified % 1_000_000_000 + 1_000_000_000) % 1_000_000_000)
        / 1_000_000_000,
      title: row[6] ?? "",
      keywords: keywords.isEmpty ? [] : keywords.components(separatedBy: "\n"),
      text: row[8] ?? "",
      contentHash: hash.flatMap { ContentHash(bytes: Array($0)) }, owner: owner,
      share: place.share.label)
  }
}

/// Where the folders of a delta lie, each looked up once.
struct FolderPlaces {
  struct Place {
    let share: Share
    /// The folder's path below the share, with a slash behind it unless empty.
    let start: ArraySlice<UInt8>
    /// As records have it.
    let directory: String
    let keys: RecordKeyMaker
  }

  private let database: Database
  private var shares: [Int64: Share]?
  private var places: [Int64: Place] = [:]

  init(_ database: Database) { self.database = database }

  mutating func place(_ folder: Int64) throws -> Place {
    if let place = places[folder] { return place }
    let shares =
      try shares
      ?? Dictionary(uniqueKeysWithValues: Catalog.shares(database).map { ($0.id, $0) })
    self.shares = shares
    let statement = try database.cachedStatement(
      sql: "SELECT share, path FROM folders WHERE id = ?")
    guard let row = try Row.fetchOne(statement, arguments: [folder]), let share = shares[row[0]]
    else {
      throw CatalogError.corrupted(
        path: database.description, reason: "a file without a folder")
    }
    let path = PathBytes(Array(row[1] as Data))
    let place = Place(
      share: share, start: path.isEmpty ? [] : path.bytes[...] + [UInt8(ascii: "/")],
      directory: path.isEmpty ? share.name : share.name + "/" + path.text,
      keys: RecordKeyMaker(root: share.root))
    places[folder] = place
    return place
  }
}

extension Catalog {
  /// The keys of all records, and the number of the last change that they are the result of.
  func allKeys() throws(CatalogError) -> (Set<RecordKey>, sequence: Int64) {
    try read { database in
      var places = FolderPlaces(database)
      var keys: Set<RecordKey> = []
      let rows = try Row.fetchCursor(database, sql: "SELECT folder, name FROM files")
      while let row = try rows.next() {
        let place = try places.place(row[0])
        keys.insert(place.keys.key(for: place.start + Array(row[1] as Data)))
      }
      return (keys, try Int64.fetchOne(database, sql: "SELECT sequence FROM catalog") ?? 0)
    }
  }
}
