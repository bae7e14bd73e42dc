import Synchronization

/// Follows the changes in all shares of a catalog: watches folders, plans looks, makes them. Runs
/// on one thread of its own, which it blocks.
final class ShareFollower: Sendable {
  private let scanner: ShareScanner
  private let rescanInterval: Duration
  private let notice: @Sendable (WatchNotice) -> Void
  private let changed: @Sendable () -> Void
  private let inotify: Inotify
  /// Folders that others found to be different from what the catalog knows.
  private let requests = Mutex<[SharedFolder]>([])
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

  /// Looks at folders again, as if an event had told of a change in them.
  func look(at folders: [SharedFolder]) {
    guard !folders.isEmpty else { return }
    requests.withLock { $0 += folders }
    inotify.wake()
  }

  /// Returns when cancelled.
  func run() async throws(CatalogError) {
    let result = await BlockingWork.runOnOwnThread { [self] in
      state.withLock { state in
        Result { () throws(CatalogError) in
          try start(&state)
          while !cancellation.isCancelled { try turn(&state) }
        }
      }
    }
    try result.get()
  }

  /// Looks at everything and watches each folder just before it is listed: what changed before is
  /// found by the look, what changes later by the watch.
  private func start(_ state: inout State) throws(CatalogError) {
    for share in try scanner.catalog.shares() {
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
    for place in takeRequests() {
      state.plan.changed(place.share, place.path, name: nil, at: now)
    }
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

  private func takeRequests() -> [SharedFolder] {
    requests.withLock { requests in
      defer { requests.removeAll() }
      return requests
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
    var placesOfOtherNames: [SharedFolder] = []
    let absence = try scanner.scan(
      share, from: folder, isRecursive: isRecursive,
      isCancelled: { self.cancellation.isCancelled },
      visit: { handle, path in
        let isWatched = state.watcher.watch(
          handle, as: SharedFolder(share: share.id, path: path))
        isCovered = isWatched && isCovered
      },
      step: { step in
        changeCount += step.changeCount
        placesOfOtherNames += step.placesOfOtherNames
      })
    if !isCovered { noteUncovered(share, &state) }
    for place in placesOfOtherNames {
      state.plan.changed(place.share, place.path, name: nil, at: .now)
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

  private func noteUncovered(_ share: Share, _ state: inout State) {
    state.plan.uncovered(share.id, at: .now)
    guard state.watcher.isExhausted, !state.saidExhausted else { return }
    state.saidExhausted = true
    notice(
      .watchLimitReached(
        folderCount: state.watcher.watchCount,
        rescanSeconds: rescanInterval / .seconds(1)))
  }
}
