import SearchModel
import Synchronization

/// Reads the contents that the catalog says are pending, several at once, and writes them back in
/// batches. All state is the catalog's: killed at any point, the next run goes on with what is left.
struct ContentPipeline: Sendable {
  let catalog: Catalog
  let reading: ContentReading
  /// How many files are read at once.
  var width = 2

  /// How many files go into one transaction; each of them waits for the slowest.
  private static let batchCount = 200

  struct Step: Sendable {
    /// Files whose turn is over, whatever became of them.
    var fileCount = 0
    /// Those of them that could not be read, or that no extractor made sense of.
    var unreadableCount = 0
    /// Of those that were read.
    var byteCount: Int64 = 0
    /// Those of them that were something else than the catalog knows.
    var changedFiles: [PendingFile] = []

    var readCount: Int { fileCount - unreadableCount - changedFiles.count }
  }

  /// Reads everything that is pending now, each file once; each step is in the catalog when it is
  /// handed out, and the next is begun when it is asked for.
  ///
  /// - Parameter progress: gets the number of bytes read, often.
  /// - Returns: a sequence that throws ``CatalogError`` and `CancellationError`.
  func steps(
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> AsyncThrowingStream<Step, any Error> {
    let place = Mutex<(Int64, id: Int64)>((-1, 0))
    return AsyncThrowingStream {
      try Task.checkCancellation()
      let start = place.withLock { $0 }
      guard let (step, end) = try await nextStep(after: start, progress: progress) else {
        return nil
      }
      place.withLock { $0 = end }
      return step
    }
  }

  private func nextStep(
    after place: (Int64, id: Int64), progress: @escaping @Sendable (Int) -> Void
  ) async throws -> (Step, (Int64, id: Int64))? {
    let batch = try await BlockingWork.run { () throws(CatalogError) in
      try catalog.pendingFiles(after: place, limit: Self.batchCount)
    }
    guard let last = batch.last else { return nil }
    let (outcomes, failure) = await read(batch.map(\.0), progress: progress)
    try await BlockingWork.run { () throws(CatalogError) in try catalog.settle(outcomes) }
    if let failure { throw failure }
    var step = Step(fileCount: outcomes.count)
    for (file, outcome) in outcomes {
      switch outcome {
      case .read(_, .success): step.byteCount += file.status.size
      case .read(_, .failure), .failed: step.unreadableCount += 1
      case .changed: step.changedFiles.append(file)
      }
    }
    return (step, (last.place, last.0.id))
  }

  /// - Returns: what was read, also when a failure or a cancellation kept the rest from it.
  private func read(
    _ files: [PendingFile], progress: @escaping @Sendable (Int) -> Void
  ) async -> (outcomes: [(PendingFile, ContentOutcome)], failure: (any Error)?) {
    await withThrowingTaskGroup(of: (PendingFile, ContentOutcome).self) { group in
      var outcomes: [(PendingFile, ContentOutcome)] = []
      var failure: (any Error)?
      var rest = files[...]
      let start = {
        (group: inout ThrowingTaskGroup<(PendingFile, ContentOutcome), any Error>) in
        guard let file = rest.popFirst() else { return }
        group.addTask { (file, try await reading.read(file, progress: progress)) }
      }
      for _ in 0..<width { start(&group) }
      while let result = await group.nextResult() {
        switch result {
        case .success(let outcome):
          outcomes.append(outcome)
          if failure == nil { start(&group) }
        case .failure(let error):
          failure = failure ?? error
          group.cancelAll()
        }
      }
      return (outcomes, failure)
    }
  }
}
