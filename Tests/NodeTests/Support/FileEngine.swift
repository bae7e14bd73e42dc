import Foundation
import SearchModel

/// An index that keeps its committed state in one file, replaced as a whole at each commit: what
/// survives a kill is exactly what was committed.
struct FileEngine: FullTextEngine {
  private struct Stored: Codable {
    var records: [Record] = []
    var notes: [String: String] = [:]
  }

  private let path: String
  private let memory: RecordingEngine

  init(folder: String) throws {
    path = folder + "/index.json"
    var state = RecordingEngine.State()
    if let data = FileManager.default.contents(atPath: path) {
      let stored = try JSONDecoder().decode(Stored.self, from: data)
      state.records = Dictionary(uniqueKeysWithValues: stored.records.map { ($0.key, $0) })
      state.notes = stored.notes
    }
    memory = RecordingEngine(state)
  }

  func allRecords() async throws -> [RecordKey: Record] { memory.records }

  func apply(_ changes: [RecordChange]) async throws(EngineError) {
    try await memory.apply(changes)
  }

  func commit(notes: [String: String]) async throws(EngineError) -> Revision {
    let revision = try await memory.commit(notes: notes)
    let state = memory.state
    let stored = Stored(records: Array(state.records.values), notes: state.notes)
    do {
      try JSONEncoder().encode(stored).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw .inputOutput(path: path, reason: "\(error)")
    }
    return revision
  }

  func notes() async throws(EngineError) -> [String: String] { try await memory.notes() }

  func revision() async throws(EngineError) -> Revision { try await memory.revision() }

  func statistics(for query: Query) async throws(EngineError) -> CollectionStatistics {
    try await memory.statistics(for: query)
  }

  func search(_ request: SearchRequest) async throws(EngineError) -> SearchAnswer {
    try await memory.search(request)
  }

  func record(for key: RecordKey) async throws(EngineError) -> Record? {
    try await memory.record(for: key)
  }

  func nearSpellings(
    of word: String, limit: Int
  ) async throws(EngineError) -> [NearSpelling] {
    try await memory.nearSpellings(of: word, limit: limit)
  }

  func view(without shares: Set<ShareLabel>) -> any ReadableIndex {
    memory.view(without: shares)
  }

  func statisticsKeys(of query: Query) -> Set<String> { memory.statisticsKeys(of: query) }
  func requirement(of query: Query) -> TermRequirement { memory.requirement(of: query) }

  func termFingerprints() async throws(EngineError) -> TermFingerprints {
    try await memory.termFingerprints()
  }
}
