import Extraction
import SearchModel
import Synchronization

/// Keeps an index in line with shared folders: scan, publish names, read contents, publish again;
/// once, or for as long as it runs.
///
/// All state is in the catalog and the index. A session that is killed at any point is continued by
/// the next one.
public final class IndexingSession: Sendable {
  public struct Options: Sendable {
    /// Whether folders on other file systems than their share's are left out.
    public var staysOnFileSystem = false
    /// The rules above those of the ignore files in the shares.
    public var rules = IgnoreRules.standard
    /// How many files are read at once.
    public var readingWidth = 2
    /// Whether contents are read at all; without, files are found by name only.
    public var readsContents = true
    /// In watching: how long after the last change in a folder it is looked at.
    public var settlingTime: Duration = .milliseconds(500)
    /// In watching: how often what no watch covers is looked at.
    public var rescanInterval: Duration = .seconds(300)

    public init() {}
  }

  public let catalog: Catalog
  let options: Options
  let publisher: Publisher
  let pipeline: ContentPipeline
  let scanner: ShareScanner
  /// Has a folder looked at while ``watch(progress:notice:)`` runs; nil while it does not.
  let looking = Mutex<(@Sendable (SharedFolder) -> Void)?>(nil)

  /// - Parameters:
  ///   - catalog: opened for writing.
  ///   - extraction: reads one file; usually an `ExtractorCatalogue`'s.
  public init(
    catalog: Catalog, engine: any FullTextEngine, options: Options = Options(),
    extraction: @escaping ContentExtraction
  ) {
    self.catalog = catalog
    self.options = options
    publisher = Publisher(catalog: catalog, engine: engine)
    pipeline = ContentPipeline(
      catalog: catalog, reading: ContentReading(extraction: extraction),
      width: options.readingWidth)
    var scanOptions = FolderScan.Options()
    scanOptions.staysOnFileSystem = options.staysOnFileSystem
    scanOptions.rules = options.rules
    scanner = ShareScanner(catalog: catalog, options: scanOptions)
  }

  /// Shares folders that are not shared yet and brings the index in line with them.
  ///
  /// - Parameters:
  ///   - folders: as ``Catalog/share(_:)`` takes them; none means all shares.
  ///   - progress: is called often, from any thread.
  /// - Throws: ``CatalogError``, `EngineError`, `CancellationError`. A folder that cannot be shared
  ///   is refused before anything else happens. Call again to go on.
  public func index(
    _ folders: [PathBytes] = [],
    progress: @escaping @Sendable (IndexingProgress) -> Void = { _ in }
  ) async throws -> IndexingSummary {
    let shares = try await BlockingWork.run { [catalog] () throws(CatalogError) in
      var chosen: [Share] = []
      for folder in folders { chosen.append(try catalog.share(folder)) }
      return folders.isEmpty ? try catalog.shares() : chosen
    }
    var summary = IndexingSummary()
    var pace = try await startingPace()
    for share in shares {
      try await scan(share, pace: &pace, summary: &summary, progress: progress)
    }
    try await publish(&pace, &summary, progress)
    if options.readsContents { try await readContents(&pace, &summary, progress) }
    let isWhole = try await BlockingWork.run { [catalog] () throws(CatalogError) in
      let all = try catalog.shares()
      let looked = Set(shares.map(\.id))
      return all.allSatisfy { $0.absence == nil && looked.contains($0.id) }
    }
    // Contents are kept for files that may have moved to a share not looked at yet.
    if isWhole {
      try await BlockingWork.run { [catalog] () throws(CatalogError) in
        try catalog.forgetUnusedContents()
      }
    }
    return summary
  }

  /// Brings the index in line with the catalog as it stands: looks at no folder and reads no file.
  ///
  /// - Throws: ``CatalogError``, `EngineError`. Call again to go on.
  public func publish(
    progress: @escaping @Sendable (IndexingProgress) -> Void = { _ in }
  ) async throws {
    var summary = IndexingSummary()
    var pace = try await startingPace()
    try await publish(&pace, &summary, progress)
  }

  /// Has a folder looked at and pending contents read soon: at once where changes are followed, else
  /// with the next look at everything.
  @Sendable func lookAgain(at folder: SharedFolder) {
    looking.withLock { $0 }?(folder)
  }

  func startingPace() async throws -> PublishingPace {
    let sequence = try await BlockingWork.run { [catalog] () throws(CatalogError) in
      try catalog.acknowledgedSequence(of: .ownIndex)
    }
    return PublishingPace(sequence: sequence, now: .now)
  }

  private func scan(
    _ share: Share, pace: inout PublishingPace, summary: inout IndexingSummary,
    progress: @escaping @Sendable (IndexingProgress) -> Void
  ) async throws {
    let began = ContinuousClock.now
    let (steps, continuation) = AsyncStream.makeStream(of: ShareScanner.Step.self)
    let cancellation = Cancellation()
    async let absence = BlockingWork.run { [scanner] () throws(CatalogError) in
      defer { continuation.finish() }
      return try scanner.scan(
        share, isCancelled: { cancellation.isCancelled }, step: { continuation.yield($0) })
    }
    do {
      for await step in steps {
        summary.add(step)
        progress(
          IndexingProgress(
            phase: .scanning, done: summary.fileCount, elapsed: .now - began))
        try await publishIfDue(&pace, &summary, progress)
      }
      try Task.checkCancellation()
    } catch {
      cancellation.cancel()
      throw error
    }
    if let absence = try await absence { summary.absences.append(absence) }
  }

  func publishIfDue(
    _ pace: inout PublishingPace, _ summary: inout IndexingSummary,
    _ progress: @escaping @Sendable (IndexingProgress) -> Void
  ) async throws {
    let sequence = try await BlockingWork.run { [catalog] () throws(CatalogError) in
      try catalog.lastSequence()
    }
    if pace.isDue(sequence: sequence, now: .now) {
      try await publish(&pace, &summary, progress)
    }
  }

  func publish(
    _ pace: inout PublishingPace, _ summary: inout IndexingSummary,
    _ progress: @escaping @Sendable (IndexingProgress) -> Void
  ) async throws {
    let began = ContinuousClock.now
    let done = Atomic(0)
    summary.publishedCount += try await publisher.publish { count in
      let (_, sum) = done.add(count, ordering: .relaxed)
      progress(IndexingProgress(phase: .publishing, done: sum, elapsed: .now - began))
    }
    let sequence = try await BlockingWork.run { [catalog] () throws(CatalogError) in
      try catalog.acknowledgedSequence(of: .ownIndex)
    }
    pace.published(sequence: sequence, now: .now)
  }

  /// Reads what is pending. A file that turns out to be another than the catalog knows stays
  /// pending; the next look at its folder knows it better.
  func readContents(
    _ pace: inout PublishingPace, _ summary: inout IndexingSummary,
    _ progress: @escaping @Sendable (IndexingProgress) -> Void
  ) async throws {
    let (files, bytes) = try await BlockingWork.run { [catalog] () throws(CatalogError) in
      try catalog.pendingTotals()
    }
    guard files > 0 else { return }
    let counter = ReadingCounter(files: files, bytes: bytes, progress: progress)
    for try await step in pipeline.steps(progress: { counter.add(bytes: $0) }) {
      summary.readCount += step.readCount
      summary.unreadableCount += step.unreadableCount
      summary.postponedCount += step.changedFiles.count
      summary.readByteCount += step.byteCount
      counter.add(files: step.fileCount)
      try await publishIfDue(&pace, &summary, progress)
    }
    // A stream that is cancelled ends as if all were done.
    try Task.checkCancellation()
    try await publish(&pace, &summary, progress)
  }
}

/// Tells work on another thread to end. A class, because both sides hold the same one.
final class Cancellation: Sendable {
  private let flag = Atomic(false)

  var isCancelled: Bool { flag.load(ordering: .relaxed) }

  func cancel() { flag.store(true, ordering: .relaxed) }
}
