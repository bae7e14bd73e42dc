import SearchModel
import Synchronization

/// A manifest and the file that it was read from. Two of them are the same revision of the same
/// index when they are the same object.
final class HeldManifest: Sendable {
  let manifest: Manifest
  private let file: HeldFile

  init(in index: IndexFiles) throws(EngineError) {
    file = try HeldFile(index.manifest, missing: index.path)
    manifest = try Manifest.decoded(file.contents(of: index.manifest), of: index)
  }

  func isCurrent(in index: IndexFiles) -> Bool { file.isCurrent(at: index.manifest) }
}

/// Lends snapshots of the newest revision, whole or without some shares, each to one task at a time,
/// and keeps a few open for the next ones.
final class SnapshotPool: Sendable {
  private struct State {
    var newest: HeldManifest?
    /// The one given back last stands last.
    var idle: [Snapshot] = []

    mutating func takeIdle(hiding hidden: Set<ShareLabel>) -> Snapshot? {
      idle.lastIndex { $0.hidden == hidden }.map { idle.remove(at: $0) }
    }
  }

  private let index: IndexFiles
  /// Held only to look at and change the list, never while opening or searching.
  private let state = Mutex(State())
  private static let idleLimit = 16

  init(_ index: IndexFiles) {
    self.index = index
  }

  /// Runs `body` with a snapshot of the newest committed revision.
  func withSnapshot<Result>(
    hiding hidden: Set<ShareLabel> = [], _ body: (Snapshot) throws(EngineError) -> Result
  ) throws(EngineError) -> Result {
    try use(try borrow(hiding: hidden), body)
  }

  /// Runs `body` with a borrowed snapshot and takes it back.
  func use<Result>(
    _ snapshot: Snapshot, _ body: (Snapshot) throws(EngineError) -> Result
  ) throws(EngineError) -> Result {
    do {
      let result = try body(snapshot)
      giveBack(snapshot)
      return result
    } catch {
      // Nothing is wrong with one whose search was stopped.
      if error == .cancelled { giveBack(snapshot) }
      throw error
    }
  }

  /// A snapshot of the newest revision, if one is open already: nothing is read but the state of
  /// the manifest's file.
  func borrowOpen(hiding hidden: Set<ShareLabel>) -> Snapshot? {
    let (newest, idle) = state.withLock { state in
      (state.newest, state.newest == nil ? nil : state.takeIdle(hiding: hidden))
    }
    guard let idle else { return nil }
    if idle.source === newest, idle.source.isCurrent(in: index) { return idle }
    giveBack(idle)
    return nil
  }

  /// Takes a snapshot back. One that met with an error is not given back, but let go.
  func giveBack(_ snapshot: Snapshot) {
    state.withLock { state in
      state.idle.append(snapshot)
      // Those of views that nobody asks for any more go first.
      if state.idle.count > Self.idleLimit { state.idle.removeFirst() }
    }
  }

  /// The newest manifest; read again only when the file was replaced.
  func manifest() throws(EngineError) -> Manifest { try newest().manifest }

  private func newest() throws(EngineError) -> HeldManifest {
    let known = state.withLock { $0.newest }
    if let known, known.isCurrent(in: index) { return known }
    let read = try HeldManifest(in: index)
    return state.withLock { state in
      // Another task may have read the same file meanwhile: one object stands for it.
      if let other = state.newest, other !== known, other.isCurrent(in: index) { return other }
      state.newest = read
      return read
    }
  }

  /// A writer may drop a part between our reading the manifest and opening the part; then there is
  /// a newer manifest, so each turn sees another one or ends.
  func borrow(hiding hidden: Set<ShareLabel>) throws(EngineError) -> Snapshot {
    while true {
      let newest = try newest()
      let idle = state.withLock { $0.takeIdle(hiding: hidden) }
      if let idle, idle.source === newest { return idle }
      do {
        return try Snapshot(newest, in: index, hiding: hidden, reusing: idle)
      } catch {
        if try self.newest() !== newest { continue }
        throw error
      }
    }
  }
}
