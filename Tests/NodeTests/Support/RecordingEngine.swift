import SearchModel
import Synchronization

/// An index that is two dictionaries: what is committed and what is not yet. It knows one query,
/// ``Query/everything``, and can be told to fail.
final class RecordingEngine: FullTextEngine {
  struct State: Sendable {
    var records: [RecordKey: Record] = [:]
    var notes: [String: String] = [:]
    var number: UInt64 = 0
  }

  private struct Stored {
    var committed = State()
    var batch: State?
    var commitCount = 0
    var appliedCount = 0
    var largestBatch = 0
    var failsAfterCommits: Int?
  }

  private let stored = Mutex(Stored())

  init(_ state: State = State()) { stored.withLock { $0.committed = state } }

  var state: State { stored.withLock { $0.committed } }
  /// Without their shares, whose labels are another for every catalog.
  var records: [RecordKey: Record] {
    state.records.mapValues { record in
      var record = record
      record.share = nil
      return record
    }
  }
  var appliedCount: Int { stored.withLock { $0.appliedCount } }
  var largestBatch: Int { stored.withLock { $0.largestBatch } }
  var commitCount: Int { stored.withLock { $0.commitCount } }

  /// The records' places, `directory/filename`.
  var paths: Set<String> { Set(records.values.map { $0.directory + "/" + $0.filename }) }

  func record(at path: String) -> Record? {
    records.values.first { $0.directory + "/" + $0.filename == path }
  }

  /// From now on the commit after this many fails.
  func fail(afterCommits count: Int?) {
    stored.withLock { stored in
      stored.failsAfterCommits = count.map { $0 + stored.commitCount }
    }
  }

  func apply(_ changes: [RecordChange]) async throws(EngineError) {
    stored.withLock { stored in
      var batch = stored.batch ?? stored.committed
      for change in changes {
        switch change {
        case .put(let record): batch.records[record.key] = record
        case .remove(let key): batch.records[key] = nil
        }
      }
      stored.batch = batch
      stored.appliedCount += changes.count
      stored.largestBatch = max(stored.largestBatch, changes.count)
    }
  }

  func commit(notes: [String: String]) async throws(EngineError) -> Revision {
    let fails = stored.withLock { stored in
      guard stored.failsAfterCommits.map({ stored.commitCount < $0 }) ?? true else {
        stored.batch = nil
        return true
      }
      var batch = stored.batch ?? stored.committed
      batch.notes.merge(notes) { $1 }
      batch.number += 1
      stored.committed = batch
      stored.batch = nil
      stored.commitCount += 1
      return false
    }
    if fails { throw .diskFull(path: "memory") }
    return Revision(state.number)
  }

  func notes() async throws(EngineError) -> [String: String] { state.notes }

  func revision() async throws(EngineError) -> Revision { Revision(state.number) }

  func statistics(for query: Query) async throws(EngineError) -> CollectionStatistics {
    CollectionStatistics(documentCount: records.count)
  }

  func search(_ request: SearchRequest) async throws(EngineError) -> SearchAnswer {
    guard request.query == .everything else { throw .invalidRequest("everything only") }
    let all = records.values.sorted { $0.key < $1.key }
    let hits = all.dropFirst(request.offset).prefix(request.limit)
    return SearchAnswer(
      hits: hits.map { Hit(record: $0, weight: 0) }, matchCount: .exactly(all.count),
      revision: Revision(state.number))
  }

  func record(for key: RecordKey) async throws(EngineError) -> Record? { records[key] }

  func nearSpellings(
    of word: String, limit: Int
  ) async throws(EngineError) -> [NearSpelling] { [] }

  /// Knows of no shares.
  func view(without shares: Set<ShareLabel>) -> any ReadableIndex { self }

  func statisticsKeys(of query: Query) -> Set<String> { [] }
  func requirement(of query: Query) -> TermRequirement { .anything }

  func termFingerprints() async throws(EngineError) -> TermFingerprints {
    TermFingerprints(revision: Revision(state.number), [])
  }
}
