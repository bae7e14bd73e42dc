internal import CPostgreSQL
import Foundation

/// Where a PostgreSQL database is: `postgresql://user:password@host:port/database?option=value`.
public struct PostgreSQLAddress: Hashable, Sendable, CustomStringConvertible {
  let text: String
  /// Without password, for messages.
  public let description: String

  /// - Throws: ``CentralStoreError/unsuitable(database:reason:)`` unless libpq can read it.
  public init(_ text: String) throws(CentralStoreError) {
    let scheme = text.prefix { $0 != ":" }
    guard scheme == "postgresql" || scheme == "postgres", !text.utf8.contains(0) else {
      throw .unsuitable(
        database: "of this address", reason: "it must begin with postgresql://")
    }
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(text, &message) else {
      // libpq's message may quote the password.
      PQfreemem(message)
      throw .unsuitable(
        database: "of this address",
        reason: "it must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with % codes for "
          + "signs that mean something there")
    }
    defer { PQconninfoFree(options) }
    var values: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        values[String(cString: keyword)] = String(cString: value)
      }
      option += 1
    }
    self.text = text
    let port = values["port"].map { ":" + $0 } ?? ""
    description =
      "postgresql://\(values["host"] ?? "local")\(port)/\(values["dbname"] ?? "")"
  }
}

/// How long the database may take.
public struct PostgreSQLLimits: Hashable, Sendable {
  /// To connect.
  public var connecting: Duration = .seconds(10)
  /// For one statement, its way there and back included.
  public var statement: Duration = .seconds(30)
  /// How many transactions run side by side, the leader's own aside.
  public var connectionCount = 4
  /// How many more may wait.
  public var waitingCount = 256

  public init() {}
}
