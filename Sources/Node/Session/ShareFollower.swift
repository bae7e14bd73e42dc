import Synchronization

/// Follows the changes in all shares of a catalog: watches folders, plans looks, makes them. Runs
/// on one thread of its own, which it blocks.
final class ShareFollower: Sendable {
  private let scanner: ShareScanner
  private let rescanInterval: Duration
  private let notice: @Sendable (WatchNotice) -> Void
  private let changed: @Sendable () -> Void
  private let inotify: Inotify
  private let cancellation = Cancellation()
  /// Touched by ``run()`` only, and that is called once.
  private let state: Mutex<State>

  private struct State {
    var watcher: FolderWatcher
    var plan: WatchPlan
    var saidExhausted = false
  }

  init(
    scanner: ShareScanner, options: IndexingSession.Options,
    notice: @escaping @Sendable (WatchNotice) -> Void, changed: @escaping @Sendable () -> Void
  ) throws(SystemError) {
    self.scanner = scanner
    self.notice = notice
    self.changed = changed
    rescanInterval = options.rescanInterval
    let watcher = try FolderWatcher()
    inotify = watcher.inotify
    let plan = WatchPlan(
      settlingTime: options.settlingTime, rescanInterval: options.rescanInterval)
    state = Mutex(State(watcher: watcher, plan: plan))
  }

  func cancel() {
    cancellation.cancel()
    inotify.wake()
  }

  /// Returns when cancelled.
  func run() async throws(CatalogError) {
    try await BlockingWork.run { [self] () throws(CatalogError) in
      let result = state.withLock { state in
        Result { () throws(CatalogError) in
          try start(&state)
          while !cancellation.isCancelled { try turn(&state) }
        }
      }
      try result.get()
    }
  }

  /// Watches every folder that the catalog knows, then looks at everything: what changed before
  /// the watches stood is found by the look, what changes later by the watches.
  private func start(_ state: inout State) throws(CatalogError) {
    for share in try scanner.catalog.shares() {
      for folder in try scanner.catalog.folders(of: share) {
        watch(folder, of: share, looksAgain: false, &state)
      }
      try look(at: share, folder: .empty, isRecursive: true, &state)
    }
    if !state.watcher.isExhausted {
      notice(.watching(folderCount: state.watcher.watchCount))
    }
  }

  private func turn(_ state: inout State) throws(CatalogError) {
    let wait = state.plan.nextDue.map { $0 - .now }
    let events = inotify.events(within: wait)
    let now = ContinuousClock.now
    let wereLost = state.watcher.take(events, into: &state.plan, at: now)
    let due = state.plan.takeDue(at: now)
    guard wereLost || !due.isEmpty else { return }
    let shares = try scanner.catalog.shares()
    if wereLost {
      notice(.eventsLost)
      for share in shares { state.plan.lostTrack(of: share.id, at: now) }
    }
    for look in due {
      guard !cancellation.isCancelled else { return }
      guard let share = shares.first(where: { $0.id == look.share }) else { continue }
      try self.look(
        at: share, folder: look.folder, isRecursive: look.isRecursive, &state)
    }
  }

  private func look(
    at share: Share, folder: PathBytes, isRecursive: Bool, _ state: inout State
  ) throws(CatalogError) {
    let isWhole = folder.isEmpty && isRecursive
    // A whole look is also the next try at watching everything.
    if isWhole { state.watcher.forgetExhaustion() }
    var changeCount = 0
    var isCovered = true
    let absence = try scanner.scan(
      share, from: folder, isRecursive: isRecursive,
      isCancelled: { self.cancellation.isCancelled }
    ) { step in
      changeCount += step.changeCount
      for folder in step.folders {
        // What changed in it between the listing and the watch is still to be found.
        isCovered = watch(folder, of: share, looksAgain: true, &state) && isCovered
      }
    }
    if let absence {
      notice(.absent(reason: absence))
      state.plan.uncovered(share.id, at: .now)
    } else if isWhole, isCovered {
      state.plan.covered(share.id)
    }
    if changeCount > 0 {
      notice(.changed(count: changeCount))
      changed()
    }
  }

  /// - Returns: whether the folder is watched now.
  @discardableResult
  private func watch(
    _ folder: PathBytes, of share: Share, looksAgain: Bool, _ state: inout State
  ) -> Bool {
    // Trying on at the limit would only cost time.
    let isNew =
      state.watcher.isExhausted && !state.watcher.isWatching(folder, of: share.id)
      ? nil : state.watcher.watch(folder, of: share)
    if let isNew {
      if isNew, looksAgain { state.plan.changed(share.id, folder, name: nil, at: .now) }
      return true
    }
    state.plan.uncovered(share.id, at: .now)
    if state.watcher.isExhausted, !state.saidExhausted {
      state.saidExhausted = true
      notice(
        .watchLimitReached(
          folderCount: state.watcher.watchCount,
          rescanSeconds: rescanInterval / .seconds(1)))
    }
    return false
  }
}
