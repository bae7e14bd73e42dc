import Placement

extension PlacementService {
  /// How often ``keepLeading()`` is to be called, in milliseconds.
  public nonisolated var leadershipInterval: Int64 { max(50, setup.patience / 4) }

  /// Asks to lead from now on.
  ///
  /// - Parameter address: where nodes reach this central server.
  /// - Throws: as ``keepLeading()``.
  public func beginLeading(at address: String) async throws {
    self.address = address
    try await keepLeading()
  }

  /// Says that this central server is alive if it leads, and takes over if nobody does. Does nothing
  /// before ``beginLeading(at:)``.
  ///
  ///
  /// - Throws: ``CentralStoreError``, `InconsistentTables`. Call it again later all the same.
  public func keepLeading() async throws {
    guard let address else { return }
    let asked = clock.elapsed
    if let term = leading.term {
      do {
        try await store.renewLeadership(term)
        leading.confirm(term, askedAt: asked)
      } catch CentralStoreError.fenced(let leader) {
        if leading.term == term { loseLeadership(to: leader) }
      }
      return
    }
    switch try await store.acquireLeadership(address: address) {
    case .following(let leader):
      leading.end(leader: leader)
    case .leading(let term):
      do {
        let tables = try await store.loadTables()
        // Another that led may not know yet that it does not.
        let overlap = setup.isShared ? setup.patience : 0
        machine = try PlacementMachine(
          restoring: tables, configuration: setup.configuration, overlap: overlap,
          at: clock.moment)
        directory = DirectoryLog(term: UInt64(clamping: term.number), tables: tables)
      } catch {
        try? await store.resignLeadership(term)
        throw error
      }
      leading.begin(term, askedAt: asked)
      logger.notice(
        "This central server leads",
        metadata: [
          "term": "\(term)", "nodes": "\(machine?.tables.nodes.count ?? 0)",
          "virtual-servers": "\(machine?.tables.virtualServers.count ?? 0)",
        ])
    }
  }

  /// Lets another lead at once. For the end of the process, when no request is under way any more.
  public func resign() async {
    guard let term = leading.term else { return }
    loseLeadership(to: nil)
    do {
      try await store.resignLeadership(term)
    } catch {
      logger.warning("The leadership could not be given back", metadata: ["reason": "\(error)"])
    }
  }

  /// The leadership that this central server has; nil while it has none.
  var term: Term? { leading.term }

  public var isLeading: Bool { leading.canAnswer(at: clock.elapsed) }

  /// Who leads instead; nil while this one does, or nobody is known to.
  public var leader: Leader? { leading.leader }
}
