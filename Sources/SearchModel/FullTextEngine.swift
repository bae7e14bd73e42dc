/// The seam between Nearfind and an index: everything that a ranking needs and nothing of how it is
/// stored. Every implementation passes the same conformance suite, with `MemoryEngine` as oracle.
///
/// Changes become visible and durable together, at ``commit(notes:)``, and not before. Searches may
/// run at any time, from any number of tasks; each sees one revision whole.
///
/// A search whose task is cancelled stops working and throws ``EngineError/cancelled``; so do other
/// calls that only read and may take long.
public protocol FullTextEngine: SearchableIndex {
  /// Takes changes into the uncommitted batch, in order: a later change of the same key wins.
  ///
  /// - Throws: ``EngineError``; after an error the uncommitted batch is gone and the committed
  ///   state is untouched, so the caller can apply the batch again.
  func apply(_ changes: [RecordChange]) async throws(EngineError)

  /// Makes the batch visible and durable, all of it or nothing.
  ///
  /// - Parameter notes: replaces the notes of these names; kept with the records in one atomic
  ///   step, so a note can say what the index holds ("catalog sequence 4711").
  /// - Returns: the new revision; the present one when there was nothing to commit.
  @discardableResult
  func commit(notes: [String: String]) async throws(EngineError) -> Revision

  /// The committed notes.
  func notes() async throws(EngineError) -> [String: String]

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

  /// Looks for damage in what is stored and nobody has looked at for long. For an idle moment; an
  /// engine that stores nothing has nothing to do.
  ///
  /// - Parameters:
  ///   - unseenSince: in seconds since 1970; what was looked at or written since is left alone.
  ///   - now: remembered as the time of this look.
  /// - Throws: ``EngineError/corrupted(path:reason:)`` when there is damage; from then on so does
  ///   whatever opens the index.
  func examine(unseenSince: Int64, now: Int64) async throws(EngineError)
}

extension FullTextEngine {
  public func examine(unseenSince: Int64, now: Int64) async throws(EngineError) {}

  /// Looks at what nobody has looked at for a week: a bit that fell over may be where no search reads.
  ///
  /// - Parameter now: in seconds since 1970.
  /// - Throws: as ``examine(unseenSince:now:)``.
  public func examineWhatIsDue(now: Int64) async throws(EngineError) {
    let week: Int64 = 7 * 86_400
    try await examine(unseenSince: now - week, now: now)
  }

  public func held(among keys: [RecordKey]) async throws(EngineError) -> Set<RecordKey> {
    var held: Set<RecordKey> = []
    for key in keys where try await record(for: key) != nil { held.insert(key) }
    return held
  }
}

/// One step of a batch.
public enum RecordChange: Hashable, Sendable, Codable {
  /// Adds the record, or replaces the one with its key.
  case put(Record)

  /// Removes the record with this key; nothing happens where there is none.
  case remove(RecordKey)

  public var key: RecordKey {
    switch self {
    case .put(let record): record.key
    case .remove(let key): key
    }
  }
}

/// A committed state of an index. A larger number is newer; numbers of different indexes do not
/// compare.
public struct Revision: Hashable, Sendable, Codable, Comparable {
  public var number: UInt64

  public init(_ number: UInt64) {
    self.number = number
  }

  public static func < (left: Revision, right: Revision) -> Bool { left.number < right.number }
}
