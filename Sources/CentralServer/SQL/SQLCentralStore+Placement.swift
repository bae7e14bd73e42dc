import Placement
import RouterBands

extension SQLCentralStore {
  public func loadTables() async throws(CentralStoreError) -> Tables {
    try await database.transaction(.reading) { session in
      var tables = Tables()
      // Ten thousands of rows say the same few keys.
      var keys = BandKeys()
      try session.query("SELECT \(BandColumns.list) FROM router_bands") { row in
        let band = try BandColumns.read(row)
        tables.bands[band.key] = band
      }
      try session.query("SELECT \(ServerColumns.list) FROM virtual_servers") { row in
        let server = try ServerColumns.read(row, &keys)
        tables.virtualServers[server.group] = server
      }
      let count = try session.first("SELECT count(*) FROM nodes") { try $0.integer(0) } ?? 0
      tables.nodes.reserveCapacity(Int(count))
      try session.query("SELECT \(NodeColumns.list) FROM nodes") { row in
        let node = try NodeColumns.read(row, &keys)
        tables.nodes[node.node] = node
      }
      tables.lastNumber = try Self.lastNumber(session)
      return tables
    }
  }

  public func commit(_ changes: [RowChange], term: Term) async throws(CentralStoreError) {
    let set = ChangeSet(changes)
    try await leading { session in
      try LeadershipRow(session).require(term)
      try BandColumns.put(set.bands, session)
      for group in set.removedGroups {
        try session.execute(
          "DELETE FROM virtual_servers WHERE group_number = ?", [.bits(group.number)])
      }
      try ServerColumns.upsert.run(set.virtualServers.map(ServerColumns.values), session)
      try NodeColumns.upsert.run(set.nodes.map(NodeColumns.values), session)
      if let number = set.lastNumber, number > (try Self.lastNumber(session)) {
        try session.execute(
          "UPDATE counters SET value = ? WHERE name = 'last_number'", [.bits(number)])
      }
    }
  }

  public func routerPaths() async throws(CentralStoreError) -> [RouterPath] {
    try await database.transaction(.reading) { session in
      try session.all("SELECT \(BandColumns.list) FROM router_bands ORDER BY place, band") {
        try BandColumns.read($0).path
      }
    }
  }

  private static func lastNumber(_ session: any SQLSession) throws -> UInt64 {
    try session.first("SELECT value FROM counters WHERE name = 'last_number'") {
      try $0.bits(0)
    } ?? 0
  }
}
