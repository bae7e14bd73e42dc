@preconcurrency import Dispatch

/// One connection to the server, made when first needed and again after it was lost. Calls block
/// the connection's own queue, never one of Swift's cooperative threads.
actor PostgreSQLConnection {
  private static let repetitionCount = 4

  private let executor: QueueExecutor
  private let address: PostgreSQLAddress
  private let limits: PostgreSQLLimits
  private var handle: PostgreSQLHandle?

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  init(_ address: PostgreSQLAddress, limits: PostgreSQLLimits) {
    self.address = address
    self.limits = limits
    executor = QueueExecutor(label: "nearfind.postgresql")
  }

  func transaction<Value: Sendable>(
    _ kind: SQLTransactionKind, _ body: @Sendable (any SQLSession) throws -> Value
  ) throws(CentralStoreError) -> Value {
    var repetitions = 0
    while true {
      do {
        return try attempt(kind, body)
      } catch {
        repetitions += 1
        guard PostgreSQLFailure.asksToRepeat(error), repetitions < Self.repetitionCount else {
          throw error
        }
      }
    }
  }

  func releaseLeaderLock() {
    // Without a connection there is no lock.
    guard handle != nil else { return }
    do {
      // However often it was taken.
      try transaction(.reading) { session -> Void in
        try session.execute("SELECT pg_advisory_unlock_all()")
      }
    } catch {
      drop()
    }
  }

  /// Runs what PostgreSQL refuses inside of transactions.
  func runOutsideTransaction(_ sql: String) throws {
    let handle = try handle ?? connect()
    do {
      try handle.run(script: sql)
    } catch {
      if !handle.isAlive { drop() }
      throw error
    }
  }

  private func attempt<Value>(
    _ kind: SQLTransactionKind, _ body: (any SQLSession) throws -> Value
  ) throws(CentralStoreError) -> Value {
    let handle = try begin(kind)
    do {
      let value = try body(PostgreSQLSession(handle: handle))
      try handle.run(script: "COMMIT")
      return value
    } catch {
      rollBack(handle)
      throw error as? CentralStoreError
        ?? .inconsistent(database: address.description, reason: "\(error)")
    }
  }

  /// Begins a transaction, over a new connection where the old one is gone: nothing was done yet,
  /// so nothing is lost by trying again.
  private func begin(_ kind: SQLTransactionKind) throws(CentralStoreError) -> PostgreSQLHandle {
    let script =
      kind == .reading
      ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN ISOLATION LEVEL READ COMMITTED"
    do {
      if let handle {
        if (try? handle.run(script: script)) != nil { return handle }
        drop()
      }
      let handle = try connect()
      try handle.run(script: script)
      return handle
    } catch {
      drop()
      throw error as? CentralStoreError
        ?? .unreachable(database: address.description, reason: "\(error)")
    }
  }

  private func connect() throws -> PostgreSQLHandle {
    let handle = try PostgreSQLHandle(address, limits: limits)
    let milliseconds = max(1, limits.statement.components.seconds * 1000)
    // A program that dies must not hold rows; an answer must mean that it is on the disk.
    try handle.run(
      script: """
        SET synchronous_commit = on; SET statement_timeout = \(milliseconds);
        SET lock_timeout = \(max(1, milliseconds / 2));
        SET idle_in_transaction_session_timeout = \(milliseconds);
        SET client_min_messages = warning
        """)
    var encoding = ""
    _ = try handle.run("SHOW server_encoding", []) { encoding = try $0.text(0) }
    guard encoding == "UTF8" else {
      throw CentralStoreError.unsuitable(
        database: address.description,
        reason: "its encoding is \(encoding); create it with ENCODING 'UTF8'")
    }
    self.handle = handle
    return handle
  }

  private func rollBack(_ handle: PostgreSQLHandle) {
    // What is not rolled back for certain is rolled back with its connection.
    guard handle.isAlive, (try? handle.run(script: "ROLLBACK")) != nil else { return drop() }
  }

  private func drop() {
    handle = nil
  }
}

/// An open transaction of PostgreSQL.
private struct PostgreSQLSession: SQLSession {
  let handle: PostgreSQLHandle
  var dialect: SQLDialect { .postgreSQL }

  func takeLeaderLock() throws -> Bool {
    // A lock of the session, not of the transaction.
    try first("SELECT CAST(pg_try_advisory_lock(\(PostgreSQLLock.leader)) AS INTEGER)") {
      try $0.integer(0) == 1
    } ?? false
  }

  func perform(
    _ sql: String, _ arguments: [SQLValue], _ each: (any SQLRow) throws -> Void
  ) throws -> Int {
    try handle.run(sql, arguments, each)
  }

  func perform(script: String) throws {
    try handle.run(script: script)
  }
}

/// Runs an actor's work on a queue of its own.
private final class QueueExecutor: SerialExecutor {
  private let queue: DispatchQueue

  init(label: String) {
    queue = DispatchQueue(label: label)
  }

  func enqueue(_ job: UnownedJob) {
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }
}
