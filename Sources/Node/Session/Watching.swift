import Foundation
import SearchModel

extension IndexingSession {
  /// Indexes all shares, then follows their changes until the task is cancelled. Looking at
  /// folders, reading contents and publishing go on side by side: a huge file holds up no name.
  ///
  /// - Parameter notice: is called from any thread.
  /// - Throws: as ``index(_:progress:)``, and ``CatalogError/inputOutput(path:reason:)`` where the
  ///   machine has no file events to give. `CancellationError` in the end.
  public func watch(
    progress: @escaping @Sendable (IndexingProgress) -> Void = { _ in },
    notice: @escaping @Sendable (WatchNotice) -> Void = { _ in }
  ) async throws {
    let summary = try await index(progress: progress)
    for absence in summary.absences { notice(.absent(reason: absence)) }
    let (changes, changed) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let (readings, read) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let follower = try follower(notice: notice) {
      changed.yield()
      read.yield()
    }
    looking.withLock {
      $0 = { folder in
        follower.look(at: [folder])
        // What is pending is read although the folder shows no change.
        changed.yield()
      }
    }
    defer { looking.withLock { $0 = nil } }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await withTaskCancellationHandler {
          try await follower.run()
        } onCancel: {
          follower.cancel()
        }
      }
      group.addTask { [self] in
        for await _ in changes where options.readsContents {
          for try await step in pipeline.steps() {
            // They change without an event where another name of the same file does.
            follower.look(
              at: step.changedFiles.map {
                SharedFolder(share: $0.share, path: $0.path.parent)
              })
            read.yield()
          }
        }
      }
      group.addTask { [self] in try await keepPublishing(after: readings, notice: notice) }
      group.addTask { [publisher] in
        while true {
          // Short beside the week after which a part is due.
          try await Task.sleep(for: .seconds(86_400))
          try await publisher.examineIndex(now: Int64(Date().timeIntervalSince1970))
        }
      }
      // The first to end ends all: it failed or was cancelled.
      defer { group.cancelAll() }
      try await group.next()
    }
    throw CancellationError()
  }

  private func keepPublishing(
    after signals: AsyncStream<Void>, notice: @Sendable (WatchNotice) -> Void
  ) async throws {
    for await _ in signals {
      let began = ContinuousClock.now
      if try await publisher.publish() > 0 {
        let sequence = try await BlockingWork.run { [catalog] () throws(CatalogError) in
          try catalog.acknowledgedSequence(of: .ownIndex)
        }
        notice(.published(sequence: sequence))
      }
      // Publishing takes a fifth of the time at most; what comes meanwhile goes together.
      try await Task.sleep(for: min((.now - began) * 4, .seconds(20)))
    }
  }

  private func follower(
    notice: @escaping @Sendable (WatchNotice) -> Void, changed: @escaping @Sendable () -> Void
  ) throws(CatalogError) -> ShareFollower {
    do {
      return try ShareFollower(
        scanner: scanner, options: options, notice: notice, changed: changed)
    } catch {
      throw .inputOutput(path: "inotify", reason: error.description)
    }
  }
}
