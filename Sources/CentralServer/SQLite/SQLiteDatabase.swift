import Foundation
import GRDB
import Synchronization

/// A SQLite file as an ``SQLDatabase``.
public final class SQLiteDatabase: SQLDatabase {
  public let name: String
  public let dialect = SQLDialect.sqlite
  let pool: DatabasePool
  /// Guards a look and a change of a few instructions; nothing waits while it is held.
  private let leaderLock = Mutex<FileLock?>(nil)

  init(path: String) throws(CentralStoreError) {
    name = path
    var configuration = GRDB.Configuration()
    configuration.busyMode = .timeout(10)
    // A few readers are enough: every node's question is answered from memory.
    configuration.maximumReaderCount = 3
    configuration.prepareDatabase { database in
      // Nodes act on what was committed: a loss of power must not take it back.
      try database.execute(sql: "PRAGMA synchronous = FULL")
      try database.execute(sql: "PRAGMA cache_size = -32768")
    }
    do {
      pool = try DatabasePool(path: path, configuration: configuration)
    } catch {
      throw CentralStoreError(error, database: path)
    }
  }

  public func transaction<Value: Sendable>(
    _ kind: SQLTransactionKind, _ body: @escaping @Sendable (any SQLSession) throws -> Value
  ) async throws(CentralStoreError) -> Value {
    do {
      switch kind {
      case .reading:
        return try await pool.read { try body(SQLiteSession(database: $0, owner: self)) }
      case .writing, .placing:
        return try await pool.write { try body(SQLiteSession(database: $0, owner: self)) }
      }
    } catch {
      throw CentralStoreError(error, database: name)
    }
  }

  fileprivate func takeLeaderLock() throws -> Bool {
    try leaderLock.withLock { lock in
      if lock == nil { lock = try FileLock(path: name + "-leader") }
      return lock != nil
    }
  }

  public func releaseLeaderLock() async {
    leaderLock.withLock { $0 = nil }
  }
}

/// An open transaction of SQLite.
private struct SQLiteSession: SQLSession {
  let database: Database
  let owner: SQLiteDatabase
  var dialect: SQLDialect { .sqlite }

  func takeLeaderLock() throws -> Bool { try owner.takeLeaderLock() }

  func perform(
    _ sql: String, _ arguments: [SQLValue], _ each: (any SQLRow) throws -> Void
  ) throws -> Int {
    let statement = try database.cachedStatement(sql: sql)
    let rows = try Row.fetchCursor(
      statement, arguments: StatementArguments(arguments.map(Self.value)))
    let before = database.totalChangesCount
    while let row = try rows.next() { try each(SQLiteRow(row: row)) }
    return database.totalChangesCount - before
  }

  func perform(script: String) throws {
    try database.execute(sql: script)
  }

  private static func value(_ value: SQLValue) -> (any DatabaseValueConvertible)? {
    switch value {
    case .integer(let number): number
    case .text(let text): text
    case .key(let text): text
    }
  }
}

private struct SQLiteRow: SQLRow {
  let row: Row

  func optionalInteger(_ column: Int) throws -> Int64? {
    switch (row[column] as DatabaseValue).storage {
    case .null: nil
    case .int64(let number): number
    default: throw Unreadable("number", row[column] as DatabaseValue)
    }
  }

  func optionalText(_ column: Int) throws -> String? {
    switch (row[column] as DatabaseValue).storage {
    case .null: nil
    case .string(let text): text
    default: throw Unreadable("text", row[column] as DatabaseValue)
    }
  }
}

extension CentralStoreError {
  /// SQLite's error in the store's words.
  fileprivate init(_ error: any Error, database: String) {
    switch error {
    case let error as CentralStoreError: self = error
    case is CancellationError: self = .cancelled
    case let error as DatabaseError:
      let reason = error.message ?? "\(error.resultCode)"
      switch error.resultCode {
      case .SQLITE_FULL: self = .full(database: database)
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        self = .inconsistent(database: database, reason: reason)
      case .SQLITE_BUSY: self = .overloaded(database: database)
      case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
        self = .unsuitable(database: database, reason: reason)
      case .SQLITE_INTERRUPT: self = .cancelled
      case .SQLITE_IOERR: self = .unreachable(database: database, reason: reason)
      default:
        self = .refused(
          database: database, code: "\(error.extendedResultCode.rawValue)", reason: reason)
      }
    case let error as LockRefusal:
      self =
        error.code == ENOSPC
        ? .full(database: database)
        : .unsuitable(database: database, reason: "\(error)")
    default:
      self = .inconsistent(database: database, reason: "\(error)")
    }
  }
}
