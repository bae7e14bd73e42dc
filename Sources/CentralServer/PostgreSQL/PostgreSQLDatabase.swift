/// A PostgreSQL database as an ``SQLDatabase``.
public final class PostgreSQLDatabase: SQLDatabase {
  public var name: String { address.description }
  public let dialect = SQLDialect.postgreSQL
  private let address: PostgreSQLAddress
  /// The leader's: it holds the lock, and no registration can keep it waiting.
  private let leader: PostgreSQLConnection
  private let others: ConnectionPool

  init(_ address: PostgreSQLAddress, limits: PostgreSQLLimits) {
    self.address = address
    leader = PostgreSQLConnection(address, limits: limits)
    others = ConnectionPool(address, limits: limits)
  }

  public func transaction<Value: Sendable>(
    _ kind: SQLTransactionKind, _ body: @escaping @Sendable (any SQLSession) throws -> Value
  ) async throws(CentralStoreError) -> Value {
    guard !Task.isCancelled else { throw .cancelled }
    if kind == .placing { return try await leader.transaction(kind, body) }
    let connection = try await others.take()
    let result: Result<Value, CentralStoreError>
    do {
      result = .success(try await connection.transaction(kind, body))
    } catch {
      result = .failure(error)
    }
    await others.giveBack(connection)
    return try result.get()
  }

  public func releaseLeaderLock() async {
    await leader.releaseLeaderLock()
  }
}

/// A few connections for many transactions. Who comes while all are taken waits in line; each wait
/// ends, because each transaction ahead has its time limits.
private actor ConnectionPool {
  private let address: PostgreSQLAddress
  private let limits: PostgreSQLLimits
  private var idle: [PostgreSQLConnection] = []
  private var count = 0
  private var waiting: [CheckedContinuation<PostgreSQLConnection, Never>] = []

  init(_ address: PostgreSQLAddress, limits: PostgreSQLLimits) {
    self.address = address
    self.limits = limits
  }

  func take() async throws(CentralStoreError) -> PostgreSQLConnection {
    if let connection = idle.popLast() { return connection }
    if count < max(1, limits.connectionCount) {
      count += 1
      return PostgreSQLConnection(address, limits: limits)
    }
    guard waiting.count < limits.waitingCount else {
      throw .overloaded(database: address.description)
    }
    return await withCheckedContinuation { waiting.append($0) }
  }

  func giveBack(_ connection: PostgreSQLConnection) {
    if waiting.isEmpty {
      idle.append(connection)
    } else {
      waiting.removeFirst().resume(returning: connection)
    }
  }
}
