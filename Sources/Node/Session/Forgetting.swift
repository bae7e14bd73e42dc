extension IndexingSession {
  /// Ends the sharing of folders: their records leave the index, their files stay.
  ///
  /// - Parameter folders: as ``Catalog/share(at:)`` takes them.
  /// - Returns: the shares that ended, each once.
  /// - Throws: ``CatalogError``, `EngineError`. A folder that is not shared is refused before
  ///   anything else happens. Killed in between, the next indexing takes the records out.
  public func forget(_ folders: [PathBytes]) async throws -> [Share] {
    let ended = try await BlockingWork.run { [catalog] () throws(CatalogError) in
      var shares: [Share] = []
      for folder in folders {
        let share = try catalog.share(at: folder)
        if !shares.contains(where: { $0.id == share.id }) { shares.append(share) }
      }
      for share in shares { try catalog.unshare(share) }
      // What was read in them is nobody's any more.
      try catalog.forgetUnusedContents()
      return shares
    }
    try await publisher.publish()
    return ended
  }
}
