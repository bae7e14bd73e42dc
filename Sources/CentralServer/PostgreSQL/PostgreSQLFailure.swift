/// A refusal of the server, told apart by its SQLSTATE (PostgreSQL's manual, appendix A).
struct PostgreSQLFailure {
  let code: String
  let reason: String

  func error(database: String) -> CentralStoreError {
    switch code {
    // Out of disk; a quota may be said as an i/o error with the system's words only.
    case "53100": return .full(database: database)
    // Shut down, starting, or no connection left.
    case "57P01", "57P02", "57P03", "57P05", "53300", "":
      return .unreachable(database: database, reason: reason)
    // Cancelled by a time limit, or a lock that did not come.
    case "57014", "55P03", "25P03": return .overloaded(database: database)
    case "3D000", "28000", "28P01", "42501", "25006":
      return .unsuitable(database: database, reason: reason)
    case "XX001", "XX002": return .inconsistent(database: database, reason: reason)
    default: break
    }
    if code.hasPrefix("08") { return .unreachable(database: database, reason: reason) }
    return .refused(database: database, code: code, reason: reason)
  }

  /// Whether the server asks to run the transaction again: it could not be put in an order with
  /// others that ran beside it.
  static func asksToRepeat(_ error: any Error) -> Bool {
    guard case .refused(_, let code, _) = error as? CentralStoreError else { return false }
    return code == "40001" || code == "40P01"
  }
}

/// The numbers of our advisory locks, which everybody in the database must agree on.
enum PostgreSQLLock {
  static let leader: Int64 = 0x6e66_6c65_6164
  static let migration: Int64 = 0x6e66_6d69_6772
}
