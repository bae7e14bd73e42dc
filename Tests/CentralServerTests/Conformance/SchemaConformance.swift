import Placement
import Testing

@testable import CentralServer

@Suite("The tables") struct SchemaConformance {
  /// Only the paper's tables, as they were in version 1.
  private static let first = StoreSchema(
    migrations: StoreSchema.current.migrations.filter { $0.version == 1 })

  private static func current(and script: String) -> StoreSchema {
    StoreSchema(
      migrations: StoreSchema.current.migrations + [
        StoreSchema.Migration(version: StoreSchema.current.supported + 1, script: script)
      ])
  }

  @Test(arguments: StoreKind.available)
  func anEarlierVersionIsUpgradedWithItsRows(kind: StoreKind) async throws {
    let place = try await kind.makePlace()
    let old = try await place.open(schema: Self.first)
    let term = try await old.lead()
    try await old.commit(
      [
        .putBand(Samples.band(1)), .putVirtualServer(Samples.server(7, host: "a")),
        .putNode(Samples.node("a", group: 7)), .putLastNumber(7),
      ], term: term)
    let user = try Samples.user("user")
    _ = try await old.addUser(user, invitation: nil, at: Samples.now)
    let tables = try await old.loadTables()
    try await old.resignLeadership(term)

    let new = try await place.open()
    #expect(try await new.loadTables() == tables)
    let found = try #require(try await new.credentials(of: user.identifier))
    #expect(
      try await new.addNode(NodeID("a"), of: found.user.serial, limit: 9, at: Samples.now)
        == .added)
    #expect(try await new.lead() > term)
    // Nothing is left to do for whoever comes next.
    #expect(try await place.open().loadTables() == tables)
  }

  @Test(arguments: StoreKind.available)
  func aNewerVersionIsRefused(kind: StoreKind) async throws {
    let place = try await kind.makePlace()
    let newer = Self.current(and: "CREATE TABLE later (id BIGINT)")
    _ = try await place.open(schema: newer)
    do {
      _ = try await place.open()
      Issue.record("opened")
    } catch let error as CentralStoreError {
      guard case .newerSchema(_, let found, let supported) = error else { throw error }
      #expect(found == newer.supported && supported == StoreSchema.current.supported)
    }
    _ = try await place.open(schema: newer)
  }

  @Test(arguments: StoreKind.available)
  func aMigrationThatFailsLeavesTheEarlierVersion(kind: StoreKind) async throws {
    let place = try await kind.makePlace()
    let store = try await place.open()
    let user = try Samples.user("user")
    _ = try await store.addUser(user, invitation: nil, at: Samples.now)
    let failing = Self.current(
      and: "CREATE TABLE half (id BIGINT); DELETE FROM users; INSERT INTO nowhere VALUES (1)")
    await #expect(throws: CentralStoreError.self) { try await place.open(schema: failing) }
    let again = try await place.open()
    #expect(try await again.credentials(of: user.identifier) != nil)
    let good = Self.current(and: "CREATE TABLE half (id BIGINT)")
    _ = try await place.open(schema: good)
  }

  @Test(arguments: StoreKind.available)
  func manyThatOpenAtOnceDoNotCollide(kind: StoreKind) async throws {
    let place = try await kind.makePlace()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { _ = try await place.open() } }
      try await group.waitForAll()
    }
    let version = try await place.open().look { session in
      try session.all("SELECT version FROM schema_version") { Int(try $0.integer(0)) }
    }
    #expect(version == [StoreSchema.current.supported])
  }

  /// The central server keeps no file records: each column is one of these, and none of what a
  /// user's files are called can come here, because nothing takes it.
  @Test(arguments: StoreKind.available)
  func thereIsNoRoomForFileRecords(kind: StoreKind) async throws {
    let place = try await kind.makePlace()
    let store = try await place.open()
    let columns = try await store.look { session in
      try session.all(Self.columnQuery(kind)) { "\(try $0.text(0)).\(try $0.text(1))" }
    }
    #expect(
      Set(columns)
        == Set(
          Self.columns.flatMap { table, names in
            names.split(separator: " ").map { "\(table).\($0)" }
          }))
    // The paper's index table, and what design section 3 lists as stored of a record.
    let ofRecords = ["filename", "directory", "filesize", "title", "keyword", "hash", "size"]
    for column in columns where column != "invitations.token_hash" {
      #expect(!ofRecords.contains { column.contains($0) }, "\(column)")
    }
  }

  @Test(arguments: StoreKind.available)
  func whatIsStoredAfterUseIsWhatWasSaid(kind: StoreKind) async throws {
    let store = try await kind.makePlace().open()
    let term = try await store.lead("central:1")
    guard
      case .added(let user) = try await store.addUser(
        Samples.user("userid", displayName: "name"), invitation: nil, at: Samples.now)
    else { return }
    _ = try await store.addNode(NodeID("node"), of: user.serial, limit: 1, at: Samples.now)
    let band = BandRow(key: .named("band"))
    try await store.commit(
      [
        .putBand(band), .putNode(Samples.node("node", group: 1)),
        .putVirtualServer(Samples.server(1, host: "node")),
      ], term: term)
    _ = try await store.revoke(.node(NodeID("node")), at: Samples.now)
    let known: Set = [
      "userid", "name", "node", "m:band", "", "central:1", "2001:db8::1", "198.18.0.1",
      "r:198.18.0.1", "present", "revocation", "last_number", "{\"hops\":[]}",
      Samples.verifier().description,
    ]
    for (table, names) in Self.columns {
      for column in names.split(separator: " ") {
        let texts = try await store.look { session in
          try session.all("SELECT CAST(\(column) AS TEXT) FROM \(table)") {
            try $0.optionalText(0)
          }.compactMap { $0 }
        }
        for text in texts where Int64(text) == nil {
          #expect(known.contains(text), "\(table).\(column) holds \(text)")
        }
      }
    }
  }

  private static func columnQuery(_ kind: StoreKind) -> String {
    switch kind {
    case .sqlite:
      """
      SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c
      WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'
      """
    case .postgreSQL:
      """
      SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT)
      FROM information_schema.columns WHERE table_schema = 'public'
      """
    }
  }

  private static let columns = [
    "users": "user_serial_id userid userid_folded verifier display_name created disabled",
    "router_bands": "band router_ip router_path place",
    "virtual_servers":
      "group_number server_ip server_port router_ip client_count limit_count band host epoch",
    "nodes": "node limit_count started band group_number presence incarnation last_seen",
    "counters": "name value", "leadership": "id term address renewed",
    "node_credentials": "node user_serial_id created revoked",
    "certificates": "serial node issued expires",
    "revocations": "kind subject name is_revoked revision revised",
    "invitations": "token_hash uses_left created expires",
    "band_overrides": "address_range name", "settings": "name value",
    "schema_version": "version",
  ]
}
