import Dispatch
import SearchModel
import TextAnalysis

/// A ``SearchModel/FullTextEngine`` that keeps its index in Xapian databases on disk.
///
/// The index is a folder of immutable *parts* and a manifest that names them. A commit writes new
/// parts and replaces the manifest, so a search, in this process or another, sees one revision
/// whole and never fails because of a commit, and a process may be killed at any moment. One process
/// writes; any number read.
public final class XapianEngine: FullTextEngine {
  public enum Access: Sendable {
    case reading
    /// Creates the index where there is none.
    case writing
  }

  /// The folder that holds the index.
  public var directory: String { index.path }

  private let index: IndexFiles
  private let model: RelevanceModel
  private let snapshots: SnapshotPool
  private let writer: SerialWriter?
  /// The shares that a view leaves out.
  private let hidden: Set<ShareLabel>

  /// Opens the index in a folder.
  ///
  /// - Throws: ``EngineError/missing(path:)`` when there is nothing to read,
  ///   ``EngineError/locked(path:holder:)`` when another process writes,
  ///   ``EngineError/corrupted(path:reason:)`` and ``EngineError/incompatible(path:found:supported:)``
  ///   when the index must be rebuilt (``discard(directory:)``).
  public init(
    directory: String, access: Access, model: RelevanceModel = .standard
  ) throws(EngineError) {
    index = IndexFiles(path: directory)
    self.model = model
    snapshots = SnapshotPool(index)
    hidden = []
    switch access {
    case .reading: writer = nil
    case .writing: writer = SerialWriter(try IndexWriter(index))
    }
    try snapshots.withSnapshot { _ in }
  }

  private init(_ engine: XapianEngine, without shares: Set<ShareLabel>) {
    index = engine.index
    model = engine.model
    snapshots = engine.snapshots
    hidden = shares
    writer = nil
  }

  public func view(without shares: Set<ShareLabel>) -> any ReadableIndex {
    shares.isEmpty ? self : XapianEngine(self, without: shares)
  }

  /// Removes the whole index, damaged or not, so that it can be built again.
  ///
  /// - Throws: ``EngineError/locked(path:holder:)`` while a process writes it.
  public static func discard(directory: String) throws(EngineError) {
    let index = IndexFiles(path: directory)
    guard FileAccess.identity(of: directory) != nil else { return }
    let lock = try WriterLock(index)
    FileAccess.discard(index.manifest)
    FileAccess.discard(index.parts)
    FileAccess.discard(index.verificationLog)
    withExtendedLifetime(lock) {}
  }

  public func apply(_ changes: [RecordChange]) async throws(EngineError) {
    try await writing { (writer) throws(EngineError) in try writer.apply(changes) }
  }

  @discardableResult
  public func commit(notes: [String: String]) async throws(EngineError) -> Revision {
    try await writing { (writer) throws(EngineError) in try writer.commit(notes: notes) }
  }

  public func notes() async throws(EngineError) -> [String: String] {
    try await reading { (snapshot) throws(EngineError) in snapshot.manifest.notes }
  }

  public func revision() async throws(EngineError) -> Revision {
    try await reading { (snapshot) throws(EngineError) in snapshot.manifest.revision }
  }

  public func statistics(for query: Query) async throws(EngineError) -> CollectionStatistics {
    try await stoppablyReading { (snapshot) throws(EngineError) in
      try snapshot.statistics(for: QueryAnalyzer().analyze(query))
    }
  }

  public func search(_ request: SearchRequest) async throws(EngineError) -> SearchAnswer {
    // Analysis is pure: it need not wait for a thread.
    let query = QueryAnalyzer().analyze(request.query)
    let (model, snapshots) = (model, snapshots)
    switch try startHere(request, query) {
    case .answered(let answer): return answer
    case .begun(let search):
      return try await Self.readers.runStoppably { (stop) throws(EngineError) in
        try snapshots.use(search.snapshot) { (snapshot) throws(EngineError) in
          try snapshot.obeying(stop) { () throws(EngineError) in try search.answer() }
        }
      }
    case .declined:
      return try await stoppablyReading { (snapshot) throws(EngineError) in
        try SnapshotSearch(request, query, in: snapshot, model: model).answer()
      }
    }
  }

  private enum Start {
    case answered(SearchAnswer)
    /// It turned out to be long.
    case begun(SnapshotSearch)
    case declined
  }

  /// Answers at once what takes less time than waking another thread.
  private func startHere(
    _ request: SearchRequest, _ query: TermQuery
  ) throws(EngineError) -> Start {
    if Task.isCancelled { throw .cancelled }
    guard QuickSearches.mayBeQuick(request, query) else { return .declined }
    let (model, snapshots, hidden) = (model, snapshots, hidden)
    let start = try QuickSearches.onThisThread { () throws(EngineError) -> Start in
      guard let snapshot = snapshots.borrowOpen(hiding: hidden) else { return .declined }
      let search = try SnapshotSearch(request, query, in: snapshot, model: model)
      guard search.isQuick else { return .begun(search) }
      return .answered(
        try snapshots.use(snapshot) { (_) throws(EngineError) in try search.answer() })
    }
    return start ?? .declined
  }

  public func record(for key: RecordKey) async throws(EngineError) -> Record? {
    try await reading { (snapshot) throws(EngineError) in
      for part in snapshot.parts {
        if let document = try part.find(key) { return try part.record(document) }
      }
      return nil
    }
  }

  public func held(among keys: [RecordKey]) async throws(EngineError) -> Set<RecordKey> {
    try await reading { (snapshot) throws(EngineError) in
      var held: Set<RecordKey> = []
      for key in keys {
        for part in snapshot.parts where try part.find(key) != nil {
          held.insert(key)
          break
        }
      }
      return held
    }
  }

  public func nearSpellings(
    of word: String, limit: Int
  ) async throws(EngineError) -> [NearSpelling] {
    guard limit > 0 else { return [] }
    let model = model
    return try await stoppablyReading { (snapshot) throws(EngineError) in
      try snapshot.nearSpellings(of: word, limit: limit, model: model)
    }
  }

  public func examine(unseenSince: Int64, now: Int64) async throws(EngineError) {
    let (index, snapshots) = (index, snapshots)
    try await Self.readers.run { () throws(EngineError) in
      while true {
        let manifest = try snapshots.manifest()
        do throws(EngineError) {
          return try IndexVerification.examine(
            manifest, in: index, unseenSince: unseenSince, now: now)
        } catch {
          // A commit meanwhile may have dropped parts: then look at its own.
          if try snapshots.manifest() == manifest { throw error }
        }
      }
    }
  }

  /// The time, in seconds since 1970, since which every byte of the index was written or compared
  /// with what was written; nil for an index without a part.
  public func lastExamination() async throws(EngineError) -> Int64? {
    let index = index
    return try await reading { (snapshot) throws(EngineError) in
      let log = VerificationLog.load(from: index)
      return snapshot.manifest.parts.map { log.time(of: $0, in: index) }.min()
    }
  }

  public func statisticsKeys(of query: Query) -> Set<String> {
    Set(QueryAnalyzer().analyze(query).weightedLeaves.map(\.statisticsKey))
  }

  public func requirement(of query: Query) -> TermRequirement {
    QueryAnalyzer().analyze(query).requirement
  }

  public func termFingerprints() async throws(EngineError) -> TermFingerprints {
    try await stoppablyReading(on: Self.vocabularyReader) { (snapshot) throws(EngineError) in
      try snapshot.termFingerprints()
    }
  }

  /// Looks through every file of the index for damage. Slow: it reads everything.
  ///
  /// - Returns: what is wrong, in words; empty when nothing is.
  public func verify() async throws(EngineError) -> [String] {
    let (index, snapshots) = (index, snapshots)
    return try await Self.readers.run { () throws(EngineError) in
      while true {
        // No part is opened: what is damaged may not let itself be.
        let manifest = try snapshots.manifest()
        let faults = IndexVerification.faults(of: manifest, in: index)
        if faults.isEmpty { return [] }
        // A commit meanwhile may have dropped parts: then look at its own.
        if try snapshots.manifest() == manifest { return faults }
      }
    }
  }

  /// The bytes of the index's parts on disk.
  public func byteCount() async throws(EngineError) -> Int {
    try await reading { (snapshot) throws(EngineError) in
      snapshot.manifest.parts.reduce(0) { sum, part in
        sum + part.files.reduce(0) { $0 + Int($1.byteCount) }
      }
    }
  }

  /// Gives up the right to write; what is not committed is forgotten. Reading goes on.
  public func close() async {
    await writer?.close()
  }

  // MARK: Threads

  /// Reading blocks on the disk, so it runs off the cooperative threads.
  private static let readers = DispatchQueue(
    label: "nearfind.index.read", qos: .userInitiated, attributes: .concurrent)

  /// Walks over the vocabulary take long and nobody sits waiting for them: one at a time, behind all
  /// searches.
  private static let vocabularyReader = DispatchQueue(
    label: "nearfind.index.vocabulary", qos: .background)

  private func reading<Result: Sendable>(
    _ body: @escaping @Sendable (Snapshot) throws(EngineError) -> Result
  ) async throws(EngineError) -> Result {
    let (snapshots, hidden) = (snapshots, hidden)
    return try await Self.readers.run { () throws(EngineError) in
      try snapshots.withSnapshot(hiding: hidden, body)
    }
  }

  /// Ends with ``EngineError/cancelled`` a moment after the task was cancelled.
  private func stoppablyReading<Result: Sendable>(
    on queue: DispatchQueue = readers,
    _ body: @escaping @Sendable (Snapshot) throws(EngineError) -> Result
  ) async throws(EngineError) -> Result {
    let (snapshots, hidden) = (snapshots, hidden)
    return try await queue.runStoppably { (stop) throws(EngineError) in
      try snapshots.withSnapshot(hiding: hidden) { (snapshot) throws(EngineError) in
        try snapshot.obeying(stop) { () throws(EngineError) in try body(snapshot) }
      }
    }
  }

  private func writing<Result: Sendable>(
    _ body: @escaping @Sendable (IndexWriter) throws(EngineError) -> Result
  ) async throws(EngineError) -> Result {
    guard let writer else {
      throw .invalidRequest("The index at \(index.path) was opened for reading only.")
    }
    return try await writer.run(body)
  }
}

/// The writer, reached by one thread at a time.
///
/// `@unchecked Sendable`: the writer is touched on `queue` alone.
private final class SerialWriter: @unchecked Sendable {
  private var writer: IndexWriter?
  private let queue = DispatchQueue(label: "nearfind.index.write", qos: .userInitiated)

  init(_ writer: IndexWriter) {
    self.writer = writer
  }

  func run<Result: Sendable>(
    _ body: @escaping @Sendable (IndexWriter) throws(EngineError) -> Result
  ) async throws(EngineError) -> Result {
    try await queue.run { () throws(EngineError) in
      guard let writer = self.writer else {
        throw .invalidRequest("The index was closed for writing.")
      }
      return try body(writer)
    }
  }

  func close() async {
    await withCheckedContinuation { continuation in
      queue.async {
        self.writer = nil
        continuation.resume()
      }
    }
  }
}

extension DispatchQueue {
  /// Runs blocking work on this queue and gives its result to the task that waits.
  fileprivate func run<Value: Sendable>(
    _ body: @escaping @Sendable () throws(EngineError) -> Value
  ) async throws(EngineError) -> Value {
    let result = await withCheckedContinuation { continuation in
      async { continuation.resume(returning: Result(catching: body)) }
    }
    return try result.get()
  }

  /// The same for work that ends once the task is cancelled, if it heeds what it is handed.
  fileprivate func runStoppably<Value: Sendable>(
    _ body: @escaping @Sendable (ReadingStop) throws(EngineError) -> Value
  ) async throws(EngineError) -> Value {
    let stop = ReadingStop()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        async {
          continuation.resume(
            returning: Result { () throws(EngineError) in try body(stop) })
        }
      }
    } onCancel: {
      stop.request()
    }
    return try result.get()
  }
}
