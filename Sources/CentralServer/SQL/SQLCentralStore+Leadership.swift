extension SQLCentralStore {
  public func acquireLeadership(address: String) async throws(CentralStoreError) -> Leadership {
    let patience = leaderPatience
    do {
      return try await database.transaction(.placing) { session in
        // The row is held until the end: of several who ask at once, one sees what the other did.
        let row = try LeadershipRow(session)
        if try !session.takeLeaderLock(), let leader = row.leader,
          row.age.magnitude < UInt64(patience)
        {
          return .following(leader)
        }
        // Without the lock too: who holds it is stuck, and the new term shuts it out.
        let term = Term(row.term.number + 1)
        try session.execute(
          "UPDATE leadership SET term = ?, address = ?, renewed = \(session.dialect.now)",
          [.integer(term.number), .text(address)])
        return .leading(term)
      }
    } catch {
      // Nobody should wait for one who may not lead.
      await database.releaseLeaderLock()
      throw error
    }
  }

  public func renewLeadership(_ term: Term) async throws(CentralStoreError) {
    try await leading { session in
      try LeadershipRow(session).require(term)
      // It may have been lost with its connection, or held by a stuck one until just now.
      _ = try session.takeLeaderLock()
      try session.execute("UPDATE leadership SET renewed = \(session.dialect.now)")
    }
  }

  public func resignLeadership(_ term: Term) async throws(CentralStoreError) {
    try await database.transaction(.placing) { session -> Void in
      try session.execute(
        "UPDATE leadership SET address = NULL WHERE term = ?", [.integer(term.number)])
    }
    await database.releaseLeaderLock()
  }

  /// A transaction of the leader. Whoever is shut out lets go of the lock.
  func leading(
    _ body: @escaping @Sendable (any SQLSession) throws -> Void
  ) async throws(CentralStoreError) {
    do {
      try await database.transaction(.placing, body)
    } catch {
      if case .fenced = error { await database.releaseLeaderLock() }
      throw error
    }
  }
}

/// The row of `leadership`, which nobody changes before the transaction ends.
struct LeadershipRow {
  let term: Term
  let leader: Leader?
  /// How long ago the leader renewed.
  let age: Int64

  init(_ session: any SQLSession) throws {
    let row = try session.first(
      "SELECT term, address, \(session.dialect.now) - renewed FROM leadership"
        + session.dialect.lockingRead
    ) { (Term(try $0.integer(0)), try $0.optionalText(1), try $0.integer(2)) }
    guard let row else { throw Unreadable("row of leadership", "nothing") }
    term = row.0
    leader = row.1.map { Leader(address: $0, term: row.0) }
    age = row.2
  }

  /// - Throws: ``CentralStoreError/fenced(leader:)`` unless `term` is still on.
  func require(_ term: Term) throws {
    guard term == self.term, leader != nil else {
      throw CentralStoreError.fenced(leader: leader)
    }
  }
}
