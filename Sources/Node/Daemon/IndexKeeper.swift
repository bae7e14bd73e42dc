import SearchModel

/// Keeps the machine's own index in line with its shares for as long as it runs, and in between does
/// what is asked of it: one thing at a time, because an index has one writer.
actor IndexKeeper {
  private let session: IndexingSession
  private let progress: @Sendable (IndexingProgress) -> Void
  private let notice: @Sendable (WatchNotice) -> Void
  private let failed: @Sendable (any Error) async -> Void
  private var watching: Task<Void, Never>?
  private var last: Task<Void, Never>?
  private var cancelWork: @Sendable () -> Void = {}
  private var isStopped = false

  /// - Parameters:
  ///   - notice: what is found while watching.
  ///   - failed: is told once, when watching ends because of an error.
  init(
    session: IndexingSession, progress: @escaping @Sendable (IndexingProgress) -> Void,
    notice: @escaping @Sendable (WatchNotice) -> Void,
    failed: @escaping @Sendable (any Error) async -> Void
  ) {
    self.session = session
    self.progress = progress
    self.notice = notice
    self.failed = failed
  }

  func start() {
    guard watching == nil, !isStopped else { return }
    watching = Task { [session, progress, notice, failed] in
      do {
        try await session.watch(progress: progress, notice: notice)
      } catch is CancellationError {
      } catch {
        if !Task.isCancelled { await failed(error) }
      }
    }
  }

  func stop() async {
    isStopped = true
    cancelWork()
    watching?.cancel()
    await watching?.value
    await last?.value
  }

  /// Goes on to the end although whoever asked waits no more.
  ///
  /// - Parameter told: is told how far it is, beside whom the keeper tells always.
  /// - Throws: as ``IndexingSession/index(_:visibility:progress:)``.
  func index(
    _ folders: [PathBytes], visibility: Visibility?,
    told: @escaping @Sendable (IndexingProgress) -> Void
  ) async throws -> IndexingSummary {
    try await alone { [progress] session in
      try await session.index(folders, visibility: visibility) { step in
        told(step)
        progress(step)
      }
    }
  }

  /// - Throws: as ``IndexingSession/forget(_:)``.
  func forget(_ folders: [PathBytes]) async throws -> [Share] {
    try await alone { try await $0.forget(folders) }
  }

  /// Runs `work` while nothing else writes: watching ends for it and begins anew behind it, with
  /// what is shared then.
  private func alone<Value: Sendable>(
    _ work: @escaping @Sendable (IndexingSession) async throws -> Value
  ) async throws -> Value {
    let former = last
    let task = Task { [session] in
      await former?.value
      watching?.cancel()
      await watching?.value
      watching = nil
      try Task.checkCancellation()
      return try await work(session)
    }
    cancelWork = { task.cancel() }
    last = Task {
      _ = await task.result
      // Whoever comes next ends it again.
      start()
    }
    return try await task.value
  }
}
