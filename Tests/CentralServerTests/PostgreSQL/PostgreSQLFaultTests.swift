import Foundation
import Placement
import TestSupport
import Testing

@testable import CentralServer

@Suite(
  "PostgreSQL in trouble",
  .enabled(
    if: PostgreSQLInstallation.isPresent || PostgreSQLInstallation.isRequired,
    "Debian's package postgresql is not installed"))
struct PostgreSQLFaultTests {
  /// Cut off after it has written some of its rows and before it has written all.
  @Test func aCommitThatIsCutOffLeavesNothing() async throws {
    let server = try PostgreSQLServer.shared.get()
    let database = try await server.makeDatabase()
    let store = try await PostgreSQLCentralStore(server.address(database))
    let term = try await store.lead()
    try await store.commit([.putNode(Samples.node("a"))], term: term)
    let changes: [RowChange] = [
      .putVirtualServer(Samples.server(1, host: "a")), .putNode(Samples.node("b")),
    ]
    let other = PostgreSQLConnection(try server.address(database), limits: PostgreSQLLimits())
    try await other.runOutsideTransaction("BEGIN; LOCK TABLE nodes IN EXCLUSIVE MODE")
    let commit = Task { try await store.commit(changes, term: term) }
    let waiting = """
      FROM pg_stat_activity WHERE datname = '\(database)' AND wait_event_type = 'Lock'
      """
    let watcher = PostgreSQLConnection(try server.address(database), limits: PostgreSQLLimits())
    try await wait(until: "the commit to stand before the locked table") {
      try await watcher.transaction(.reading) { session in
        try session.first("SELECT CAST(count(*) AS BIGINT) \(waiting)") { try $0.integer(0) == 1 }
      } == true
    }
    try await watcher.runOutsideTransaction("SELECT pg_terminate_backend(pid) \(waiting)")
    do {
      try await commit.value
      Issue.record("committed")
    } catch let error as CentralStoreError {
      guard case CentralStoreError.unreachable = error else { throw error }
    }
    try await other.runOutsideTransaction("ROLLBACK")
    let kept = try await store.loadTables()
    #expect(kept.virtualServers.isEmpty && kept.nodes.keys.map(\.name) == ["a"])
    // Nobody took over meanwhile, so the same term goes on, over a new connection.
    try await store.renewLeadership(term)
    for _ in 0..<2 { try await store.commit(changes, term: term) }
    #expect(try await store.loadTables().nodes.count == 2)
  }

  @Test func theStoreGoesOnAfterTheServerWasAway() async throws {
    let server = try PostgreSQLServer()
    let database = try await server.makeDatabase()
    let store = try await PostgreSQLCentralStore(server.address(database))
    let term = try await store.lead()
    let user = try Samples.user("user")
    _ = try await store.addUser(user, invitation: nil, at: Samples.now)
    try server.crash()
    try await wait(until: "the server to be gone") {
      do {
        _ = try await store.settings()
        return false
      } catch {
        guard case CentralStoreError.unreachable = error else { throw error }
        return true
      }
    }
    await #expect(throws: CentralStoreError.self) { try await store.renewLeadership(term) }
    try server.start()
    try await wait(until: "the server to be back") {
      do {
        try await store.renewLeadership(term)
        return true
      } catch {
        guard case CentralStoreError.unreachable = error else { throw error }
        return false
      }
    }
    try await store.commit([.putNode(Samples.node("a"))], term: term)
    #expect(try await store.credentials(of: user.identifier) != nil)
    // The lock was lost with the connection, and taken again.
    let other = try await PostgreSQLCentralStore(
      server.address(database), leaderPatience: 60_000)
    #expect(
      try await other.acquireLeadership(address: "other:1")
        == .following(Leader(address: "central:1", term: term)))
  }

  @Test func whoLosesTheLockToAnotherIsShutOut() async throws {
    let server = try PostgreSQLServer.shared.get()
    let database = try await server.makeDatabase()
    let first = try await PostgreSQLCentralStore(server.address(database))
    let second = try await PostgreSQLCentralStore(server.address(database))
    let term = try await first.lead("first:1")
    try await server.run(
      """
      SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
      WHERE l.locktype = 'advisory' AND d.datname = current_database()
      """, in: database)
    var next: Term?
    try await wait(until: "the lock to be free") {
      if case .leading(let term) = try await second.acquireLeadership(address: "second:1") {
        next = term
      }
      return next != nil
    }
    let leader = Leader(address: "second:1", term: try #require(next))
    await #expect(throws: CentralStoreError.fenced(leader: leader)) {
      try await first.commit([.putNode(Samples.node("late"))], term: term)
    }
    #expect(try await second.loadTables().nodes.isEmpty)
  }

  @Test func aServerThatHangsCostsNoMoreThanItsTime() async throws {
    let server = try PostgreSQLServer.shared.get()
    let database = try await server.makeDatabase()
    var limits = PostgreSQLLimits()
    limits.statement = .seconds(1)
    let connection = PostgreSQLConnection(try server.address(database), limits: limits)
    let process = try await connection.transaction(.reading) { session in
      try session.first("SELECT CAST(pg_backend_pid() AS BIGINT)") { pid_t(try $0.integer(0)) }
    }
    let hanging = try #require(process ?? nil)
    try #require(kill(hanging, SIGSTOP) == 0)
    defer { kill(hanging, SIGCONT) }
    // Found out when beginning, it is tried once more over a new connection.
    let answer = try await connection.transaction(.reading) { session in
      try session.first("SELECT 1") { try $0.integer(0) }
    }
    #expect(answer == 1)
  }

  @Test func noMoreWaitThanMay() async throws {
    let server = try PostgreSQLServer.shared.get()
    let database = try await server.makeDatabase()
    var limits = PostgreSQLLimits()
    limits.connectionCount = 2
    limits.waitingCount = 3
    let store = try await PostgreSQLCentralStore(server.address(database), limits: limits)
    let outcomes = try await withThrowingTaskGroup(of: CentralStoreError?.self) { group in
      for _ in 0..<20 {
        group.addTask {
          do {
            _ = try await store.look { try $0.execute("SELECT pg_sleep(0.2)") }
            return nil
          } catch let error as CentralStoreError {
            return error
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.count { $0 == nil } >= 5)
    #expect(outcomes.contains(.overloaded(database: store.database.name)))
    #expect(try await store.settings() == CentralSettings())
  }

  @Test func anotherEncodingIsRefused() async throws {
    let server = try PostgreSQLServer.shared.get()
    let database = try await server.makeDatabase(encoding: "SQL_ASCII")
    do {
      _ = try await PostgreSQLCentralStore(server.address(database))
      Issue.record("opened")
    } catch {
      guard case CentralStoreError.unsuitable = error else { throw error }
    }
  }

  @Test func errorsAreToldApartByTheirCodes() {
    func error(_ code: String) -> CentralStoreError {
      PostgreSQLFailure(code: code, reason: "x").error(database: "d")
    }
    #expect(error("53100") == .full(database: "d"))
    #expect(error("57P01") == .unreachable(database: "d", reason: "x"))
    #expect(error("08006") == .unreachable(database: "d", reason: "x"))
    #expect(error("57014") == .overloaded(database: "d"))
    #expect(error("42501") == .unsuitable(database: "d", reason: "x"))
    #expect(error("XX001") == .inconsistent(database: "d", reason: "x"))
    #expect(PostgreSQLFailure.asksToRepeat(error("40P01")))
  }

  @Test func anAddressShowsNoPassword() throws {
    let address = try PostgreSQLAddress("postgresql://me:secret@db.example:5433/central")
    #expect(address.description == "postgresql://db.example:5433/central")
    for text in ["", "mysql://x", "postgresql://me:secret@[bad", "postgresql://h/%zz"] {
      do {
        _ = try PostgreSQLAddress(text)
        Issue.record("took \(text)")
      } catch {
        #expect(!error.description.contains("secret"))
      }
    }
  }
}
