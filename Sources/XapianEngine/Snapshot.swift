internal import CXapian
import Foundation
import SearchModel
import Synchronization

/// One revision of an index, open for reading by one task at a time.
struct Snapshot: Sendable {
  let manifest: Manifest
  let parts: [Part]

  /// Opens what the manifest names, taking over parts that `previous` has open already.
  init(_ manifest: Manifest, in index: IndexFiles, reusing previous: Snapshot?) throws(EngineError)
  {
    self.manifest = manifest
    var parts: [Part] = []
    for description in manifest.parts {
      if let part = previous?.parts.first(where: { $0.description == description }) {
        parts.append(part)
      } else {
        parts.append(try Part(description, in: index))
      }
    }
    self.parts = parts
  }

  var totals: CollectionStatistics {
    CollectionStatistics(
      documentCount: parts.reduce(0) { $0 + $1.recordCount },
      totalLength: parts.reduce(0) { $0 + $1.totalLength })
  }
}

/// Lends snapshots of the newest revision, each to one task at a time, and keeps a few open for the
/// next ones.
final class SnapshotPool: Sendable {
  private struct State {
    var manifest: Manifest?
    var identity: FileIdentity?
    var idle: [Snapshot] = []
  }

  private let index: IndexFiles
  /// Held only to look at and change the list, never while opening or searching.
  private let state = Mutex(State())
  private static let idleLimit = 8

  init(_ index: IndexFiles) {
    self.index = index
  }

  /// Runs `body` with a snapshot of the newest committed revision.
  func withSnapshot<Result>(
    _ body: (Snapshot) throws(EngineError) -> Result
  ) throws(EngineError) -> Result {
    let snapshot = try borrow()
    let result = try body(snapshot)
    state.withLock { state in
      if state.idle.count < Self.idleLimit { state.idle.append(snapshot) }
    }
    return result
  }

  /// The newest manifest; read again only when the file was replaced.
  func manifest() throws(EngineError) -> Manifest {
    let identity = FileAccess.identity(of: index.manifest)
    let known = state.withLock { $0.identity == identity ? $0.manifest : nil }
    if let known { return known }
    let manifest = try Manifest.load(from: index)
    state.withLock { state in
      state.manifest = manifest
      state.identity = identity
    }
    return manifest
  }

  /// A writer may drop a part between our reading the manifest and opening the part; then there is
  /// a newer manifest, so each turn sees another one or ends.
  private func borrow() throws(EngineError) -> Snapshot {
    while true {
      let manifest = try manifest()
      let idle = state.withLock { $0.idle.popLast() }
      if let idle, idle.manifest == manifest { return idle }
      do {
        return try Snapshot(manifest, in: index, reusing: idle)
      } catch {
        if try self.manifest() != manifest { continue }
        throw error
      }
    }
  }
}
