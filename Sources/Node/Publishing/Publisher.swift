import SearchModel

/// Brings an index in line with the catalog: takes the changes after the index's note, batch by
/// batch, commits them with the new note, and only then acknowledges them to the catalog. Killed at
/// any moment, the index's note says what it holds, and the next call goes on from there.
public struct Publisher: Sendable {
  /// How many changes are in memory at once.
  public static let batchCount = 20_000

  /// How many changes are committed together. A commit costs an index more than a batch does; a
  /// kill loses this much work at most, and no record. An index holds something of each in memory
  /// until then, which is what bounds the memory of indexing a large tree.
  public static let commitCount = 100_000

  private let catalog: Catalog
  private let engine: any FullTextEngine

  public init(catalog: Catalog, engine: any FullTextEngine) {
    self.catalog = catalog
    self.engine = engine
  }

  /// Publishes all changes that the catalog has now.
  ///
  /// An index that knows another catalog, or one that stands before what the catalog remembers,
  /// gets every record anew, and what the catalog does not have is taken out. One whose records are
  /// another owner's gets every record anew too; no file is read for that.
  ///
  /// - Parameter progress: is told how many changes went in since the last call.
  /// - Returns: how many changes were published.
  /// - Throws: ``CatalogError`` or `EngineError`. What was committed stays; call again.
  @discardableResult
  public func publish(progress: @Sendable (Int) -> Void = { _ in }) async throws -> Int {
    var note = try await startingNote()
    var total = 0
    var uncommitted = 0
    while true {
      let after = note.sequence
      let delta = try await BlockingWork.run { () throws(CatalogError) in
        try catalog.changes(after: after, limit: Self.batchCount)
      }
      if !delta.changes.isEmpty { try await engine.apply(delta.changes) }
      note.sequence = delta.lastSequence
      note.base = max(note.base, note.sequence)
      total += delta.changes.count
      uncommitted += delta.changes.count
      progress(delta.changes.count)
      if delta.isLast || uncommitted >= Self.commitCount {
        try await commit(note)
        uncommitted = 0
      }
      if delta.isLast { return total }
    }
  }

  /// Looks at what of the index is due; see `FullTextEngine`.
  func examineIndex(now: Int64) async throws(EngineError) {
    try await engine.examineWhatIsDue(now: now)
  }

  private func commit(_ note: PublicationNote) async throws {
    if try await engine.notes()[PublicationNote.name] != note.text {
      try await engine.commit(notes: [PublicationNote.name: note.text])
    }
    try await BlockingWork.run { () throws(CatalogError) in
      // While all records go in anew, removals after the base are still needed.
      if note.sequence == note.base { try catalog.acknowledge(note.sequence, by: .ownIndex) }
    }
  }

  /// Where the index stands; everything that is not the catalog's is out of it afterwards.
  private func startingNote() async throws -> PublicationNote {
    let (acknowledged, last) = try await BlockingWork.run { () throws(CatalogError) in
      (try catalog.acknowledgedSequence(), try catalog.lastSequence())
    }
    if let text = try await engine.notes()[PublicationNote.name],
      let note = PublicationNote(text: text),
      note.canFollow(catalog: catalog.identity, acknowledged: acknowledged, last: last)
    {
      guard note.owner != catalog.owner else { return note }
      let anew = note.beginningAnew(for: catalog.owner)
      try await engine.commit(notes: [PublicationNote.name: anew.text])
      return anew
    }
    let note = PublicationNote(
      catalog: catalog.identity, sequence: 0, base: try await removeForeignRecords(last: last),
      owner: catalog.owner)
    try await engine.commit(notes: [PublicationNote.name: note.text])
    return note
  }

  /// Takes what the catalog does not have out of the index. An empty one, as of a first time or a
  /// rebuilding, has nothing of the kind, and the catalog's keys need not be gathered.
  ///
  /// - Returns: up to which of its changes the catalog was looked at; at least `last`.
  private func removeForeignRecords(last: Int64) async throws -> Int64 {
    let held = try await keysInEngine()
    if held.isEmpty { return last }
    let (keys, base) = try await BlockingWork.run { () throws(CatalogError) in
      try catalog.allKeys()
    }
    let foreign = held.filter { !keys.contains($0) }
    for start in stride(from: 0, to: foreign.count, by: Self.batchCount) {
      let batch = foreign[start..<min(start + Self.batchCount, foreign.count)]
      try await engine.apply(batch.map { .remove($0) })
    }
    return base
  }

  /// The keys of all committed records. An index cannot list them; a search for everything can.
  private func keysInEngine() async throws -> [RecordKey] {
    var keys: [RecordKey] = []
    while true {
      let request = SearchRequest(
        query: .everything, limit: Self.batchCount, offset: keys.count,
        collapsesDuplicates: false)
      let answer = try await engine.search(request)
      guard !answer.hits.isEmpty else { return keys }
      keys.append(contentsOf: answer.hits.map(\.record.key))
    }
  }
}
