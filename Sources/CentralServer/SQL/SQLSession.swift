/// An open transaction.
public protocol SQLSession {
  var dialect: SQLDialect { get }

  /// Runs one statement. Use ``query(_:_:_:)`` and ``execute(_:_:)``, which check the arguments.
  ///
  /// - Parameters:
  ///   - sql: with a `?` for each argument and no other question mark.
  ///   - each: called with each row of the answer; the row is valid during the call.
  /// - Returns: how many rows the statement changed.
  func perform(
    _ sql: String, _ arguments: [SQLValue], _ each: (any SQLRow) throws -> Void
  ) throws -> Int

  /// Runs statements without arguments, separated by semicolons.
  func perform(script: String) throws

  /// Takes the lock that one central server holds while it leads, if it is free. It is held beyond
  /// the transaction, and is free again when its holder dies. Taking it twice is taking it once.
  func takeLeaderLock() throws -> Bool
}

/// A value as both databases have it. Unsigned numbers travel as their bits.
public enum SQLValue: Hashable, Sendable {
  /// Nil where there is none; which type it would have matters to PostgreSQL all the same.
  case integer(Int64?)
  case text(String?)
  /// A text that stands in an index, which has room for 1,000 bytes.
  case key(String)

  static func integer(_ value: Int) -> SQLValue { .integer(Int64(value)) }
  static func bits(_ value: UInt64?) -> SQLValue {
    .integer(value.map { Int64(bitPattern: $0) })
  }
}

/// A row of an answer; columns are counted from 0.
public protocol SQLRow {
  /// - Throws: ``CentralStoreError/inconsistent(database:reason:)`` unless it is a number.
  func optionalInteger(_ column: Int) throws -> Int64?
  /// - Throws: ``CentralStoreError/inconsistent(database:reason:)`` unless it is a text.
  func optionalText(_ column: Int) throws -> String?
}

extension SQLRow {
  func integer(_ column: Int) throws -> Int64 {
    guard let value = try optionalInteger(column) else { throw UnexpectedNull(column: column) }
    return value
  }

  func text(_ column: Int) throws -> String {
    guard let value = try optionalText(column) else { throw UnexpectedNull(column: column) }
    return value
  }

  func bits(_ column: Int) throws -> UInt64 { UInt64(bitPattern: try integer(column)) }
}

/// A column has no value where the schema says it must have one.
struct UnexpectedNull: Error, CustomStringConvertible {
  let column: Int
  var description: String { "column \(column) of an answer is empty" }
}

/// A stored value that nothing of this program writes.
struct Unreadable: Error, CustomStringConvertible {
  let description: String

  init(_ what: String, _ value: some CustomStringConvertible) {
    description = "\"\(value)\" is no \(what)"
  }
}

extension SQLSession {
  func query(
    _ sql: String, _ arguments: [SQLValue] = [], _ each: (any SQLRow) throws -> Void
  ) throws {
    try Self.check(arguments)
    _ = try perform(sql, arguments, each)
  }

  /// - Returns: how many rows were changed.
  @discardableResult
  func execute(_ sql: String, _ arguments: [SQLValue] = []) throws -> Int {
    try Self.check(arguments)
    return try perform(sql, arguments) { _ in }
  }

  func all<Value>(
    _ sql: String, _ arguments: [SQLValue] = [], _ read: (any SQLRow) throws -> Value
  ) throws -> [Value] {
    var values: [Value] = []
    try query(sql, arguments) { values.append(try read($0)) }
    return values
  }

  func first<Value>(
    _ sql: String, _ arguments: [SQLValue] = [], _ read: (any SQLRow) throws -> Value
  ) throws -> Value? {
    try all(sql, arguments, read).first
  }

  private static var keyByteCount: Int { 1000 }

  /// PostgreSQL stores no NUL, SQLite reads no further than one: neither gets any.
  private static func check(_ arguments: [SQLValue]) throws {
    for argument in arguments {
      switch argument {
      case .integer, .text(nil): continue
      case .key(let text):
        try checkNUL(text)
        guard text.utf8.count <= keyByteCount else {
          throw CentralStoreError.unstorable(
            reason: "a name of \(text.utf8.count) bytes, where \(keyByteCount) may be")
        }
      case .text(let text?): try checkNUL(text)
      }
    }
  }

  private static func checkNUL(_ text: String) throws {
    guard !text.utf8.contains(0) else {
      throw CentralStoreError.unstorable(reason: "it has a NUL character in it")
    }
  }
}
