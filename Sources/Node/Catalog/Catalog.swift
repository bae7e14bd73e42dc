import Foundation
import GRDB
import SearchModel

/// What is shared, as the last look at the folders found it: the source of truth for every index.
///
/// Each change of a record gets the next sequence number in the transaction that makes it, so an
/// index that knows the last number it took can ask for what came after. One process writes, any
/// number read.
///
/// Every function blocks: call them where blocking is allowed.
public final class Catalog: Sendable {
  public enum Access: Sendable {
    case writing
    case reading
  }

  /// The database file.
  public let path: String

  /// Which catalog this is: numbers of different catalogs do not compare.
  public let identity: String

  /// Whose records these are.
  public let owner: Owner

  let database: DatabasePool
  /// Held, never used: a writer's lock lasts as long as the catalog is open.
  private let lock: WriterLock?

  /// Opens the catalog in a folder; a writer creates what is missing.
  ///
  /// - Parameter folder: gets `catalog.sqlite` and `catalog.lock`.
  public init(folder: String, access: Access, owner: Owner = .local) throws(CatalogError) {
    let path = folder + "/catalog.sqlite"
    self.path = path
    self.owner = owner
    switch access {
    case .writing:
      guard Self.createFolders(folder) else {
        throw .inputOutput(path: folder, reason: SystemError.last.description)
      }
      lock = try WriterLock(path: folder + "/catalog.lock", catalogPath: path)
    case .reading:
      lock = nil
      guard Foundation.access(path, F_OK) == 0 else { throw .missing(path: path) }
    }
    do {
      database = try DatabasePool(path: path, configuration: Self.configuration(access))
      if access == .writing { try CatalogSchema.migrator.migrate(database) }
      identity = try database.read { database in
        guard try !CatalogSchema.migrator.hasBeenSuperseded(database) else {
          throw CatalogError.incompatible(path: path)
        }
        guard try CatalogSchema.migrator.hasCompletedMigrations(database) else {
          throw CatalogError.missing(path: path)
        }
        return try String.fetchOne(database, sql: "SELECT identity FROM catalog") ?? ""
      }
    } catch {
      throw CatalogError(error, path: path)
    }
  }

  private static func configuration(_ access: Access) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = access == .reading
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      // An index commits what it took from here: a number that the catalog gave out must
      // survive a loss of power, or it would be given out twice.
      if access == .writing { try database.execute(sql: "PRAGMA synchronous = FULL") }
      // Each connection has its own. The writer's saves reading what it is about to change; the
      // readers, up to five of them, go through their rows once and in order.
      let kilobytes = access == .writing && !database.configuration.readonly ? 32_768 : 4_096
      try database.execute(sql: "PRAGMA cache_size = -\(kilobytes)")
      // Pages that several transactions change are then written back once, not each time.
      try database.execute(sql: "PRAGMA wal_autocheckpoint = 8192")
    }
    return configuration
  }

  private static func createFolders(_ folder: String) -> Bool {
    var path = ""
    for component in folder.split(separator: "/") {
      path += (path.isEmpty && !folder.hasPrefix("/") ? "" : "/") + component
      if mkdir(path, 0o700) != 0, errno != EEXIST { return false }
    }
    return true
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(CatalogError) -> Value {
    do { return try database.read(body) } catch { throw CatalogError(error, path: path) }
  }

  /// One transaction: all of it or nothing.
  func write<Value>(_ body: (Database) throws -> Value) throws(CatalogError) -> Value {
    do { return try database.write(body) } catch { throw CatalogError(error, path: path) }
  }

  /// The number of the last change; 0 for an empty catalog.
  public func lastSequence() throws(CatalogError) -> Int64 {
    try read { try Int64.fetchOne($0, sql: "SELECT sequence FROM catalog") ?? 0 }
  }
}
