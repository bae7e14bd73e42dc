import Placement

/// A ``CentralStore`` on an SQL database: every operation is written once, for all of them.
public protocol SQLCentralStore: CentralStore {
  associatedtype Database: SQLDatabase
  var database: Database { get }

  /// How long a leader may be silent before another takes over, in milliseconds by the database's
  /// clock. A leader that dies loses its lock at once; this is for one that is stuck.
  var leaderPatience: Int64 { get }
}
