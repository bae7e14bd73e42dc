/// An index to be read, with all that a ranking over several of them needs: an engine, or a view of
/// one.
///
/// A search whose task is cancelled stops working and throws ``EngineError/cancelled``; so do other
/// calls that only read and may take long.
public protocol ReadableIndex: SearchableIndex {
  /// The revision that a search would see now.
  func revision() async throws(EngineError) -> Revision

  /// The totals, and for each weighted leaf of the query its document frequency. For
  /// ``Query/nothing`` the totals alone.
  func statistics(for query: Query) async throws(EngineError) -> CollectionStatistics

  /// - Returns: the stored record, with an empty text; nil where there is none.
  func record(for key: RecordKey) async throws(EngineError) -> Record?

  /// Those of `keys` for which there is a committed record. An engine that can look up many at
  /// once does; else they are looked up one by one.
  func held(among keys: [RecordKey]) async throws(EngineError) -> Set<RecordKey>

  /// The keys under which ``statistics(for:)`` counts what this query weighs by. Pure, as
  /// ``requirement(of:)`` is.
  func statisticsKeys(of query: Query) -> Set<String>

  /// What an index must hold so that the query can match anything in it. Pure: it looks at no
  /// index, and is the same for every engine with the same text analysis.
  func requirement(of query: Query) -> TermRequirement

  /// The fingerprints of all that a requirement can name. Whatever `search` finds in this revision,
  /// they meet the query's ``requirement(of:)``.
  ///
  /// Looks at the whole vocabulary, so it is asked for once a revision.
  func termFingerprints() async throws(EngineError) -> TermFingerprints
}

extension ReadableIndex {
  public func held(among keys: [RecordKey]) async throws(EngineError) -> Set<RecordKey> {
    var held: Set<RecordKey> = []
    for key in keys where try await record(for: key) != nil { held.insert(key) }
    return held
  }
}
