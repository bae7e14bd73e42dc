import Dispatch
import SearchModel

/// The one writer of an index: collects a batch, writes it beside that as few parts, and commits by
/// replacing the manifest.
///
/// Until the manifest is replaced nothing that was written exists for anyone, so a process may end
/// at any moment; folders that no manifest names are swept away by the next writer.
///
/// Not thread-safe: ``XapianEngine`` calls it from one serial queue.
final class IndexWriter {
  /// Changes are analyzed and written in runs of so many, or of so many bytes of text: large enough
  /// that runs are few, small enough that memory stays bounded whatever the caller's batch is.
  private let runLimit: Int
  static let runByteLimit = 32 << 20

  /// So many runs are worked on beside the collecting of the next: two are analyzed and inverted
  /// while a third is added to its part.
  static let concurrentRuns = 3

  private let index: IndexFiles
  private let lock: WriterLock
  private var manifest: Manifest

  // The uncommitted batch.
  private var batch = BatchChanges()
  private var writing: [any PendingPart] = []
  /// The last of `writing` that takes records without text.
  private var growing: GrowingPart?
  private let room = DispatchSemaphore(value: IndexWriter.concurrentRuns)

  /// The committed keys, gathered when a batch turns out to be large.
  private var committedKeys: KeyFilter?
  private let fingerprintThreshold = 2_000

  /// Opens the index for writing, and creates it where there is none.
  init(_ index: IndexFiles, runLimit: Int = 32_768) throws(EngineError) {
    self.index = index
    self.runLimit = runLimit
    try FileAccess.makeFolder(index.parts)
    lock = try WriterLock(index)
    do {
      manifest = try Manifest.load(from: index)
    } catch .missing {
      manifest = Manifest()
      try manifest.store(in: index)
    }
    sweep()
  }

  /// The lock must not go before the last thread that writes.
  deinit { for part in writing { part.abandon() } }

  // MARK: The batch

  func apply(_ changes: [RecordChange]) throws(EngineError) {
    do {
      for change in changes {
        batch.note(change)
        if batch.count >= runLimit || batch.byteCount >= Self.runByteLimit { try flush() }
      }
    } catch {
      abandon()
      throw error
    }
  }

  /// Hands the changes that wait to other threads. What these fail in comes to light at one of the
  /// next runs, or at the commit.
  private func flush() throws(EngineError) {
    if batch.count == 0 { return }
    for part in writing where part.hasFailed { _ = try part.result() }
    let run = batch.takeRun()
    let part = part(for: run)
    part.keys += try replacing(run.keys)
  }

  /// Those of the keys for which an earlier record may stand; most are new, and are forgotten.
  private func replacing(_ keys: [ChangedKey]) throws(EngineError) -> [ChangedKey] {
    if manifest.parts.isEmpty { return keys.filter(\.isRepeated) }
    if committedKeys == nil && keys.count > fingerprintThreshold {
      var parts = try PartList(manifest, in: index)
      committedKeys = try parts.keyFilter()
    }
    guard let committedKeys else { return keys }
    return keys.filter { $0.isRepeated || committedKeys.mayContain($0.fingerprint) }
  }

  /// Starts the writing of a run.
  ///
  /// - Returns: the part that it goes into, alone or with other runs.
  private func part(for run: ChangeRun) -> any PendingPart {
    if run.holdsText {
      room.wait()
      let part = TextPart(name: nextName(), records: run.records, in: index, room: room)
      writing.append(part)
      return part
    }
    // A key is in a part once: what the batch wrote before is removed from another.
    if run.repeatsKeys { endGrowing() }
    let part = growing ?? GrowingPart(name: nextName(), in: index)
    if growing == nil {
      growing = part
      writing.append(part)
    }
    if !run.records.isEmpty {
      room.wait()
      part.add(run.records, room: room)
    }
    return part
  }

  private func endGrowing() {
    growing?.end()
    growing = nil
  }

  private func nextName() -> String {
    let number = batch.nextNumber ?? manifest.nextNumber
    batch.nextNumber = number + 1
    return String(number)
  }

  // MARK: Committing

  func commit(notes: [String: String]) throws(EngineError) -> Revision {
    do {
      try flush()
      if writing.isEmpty && notes.isEmpty { return manifest.revision }
      endGrowing()
      var next = manifest
      next.revision = Revision(manifest.revision.number + 1)
      next.notes.merge(notes) { _, new in new }
      var parts = try PartList(manifest, in: index)
      var batchCount = 0
      for pending in writing {
        for changed in pending.keys { try parts.remove(changed.key) }
        guard let part = try pending.result() else { continue }
        parts.append(part)
        batchCount += 1
      }
      try parts.merge(batchCount: batchCount) { self.nextName() }
      next.nextNumber = batch.nextNumber ?? manifest.nextNumber
      next.parts = try parts.stored(revision: next.revision)
      try FileAccess.synchronize(index.parts)
      try next.store(in: index)
      manifest = next
      for fingerprint in batch.writtenKeys.all { committedKeys?.insert(fingerprint) }
      // The next large batch gathers them anew, into a larger filter.
      if committedKeys?.isFull == true { committedKeys = nil }
      forgetBatch()
      sweep()
      return next.revision
    } catch {
      abandon()
      throw error
    }
  }

  // MARK: Tidiness

  private func abandon() {
    for part in writing { part.abandon() }
    forgetBatch()
    // Where the very last step failed the new manifest may stand already, and its parts must stay.
    guard let stored = try? Manifest.load(from: index) else { return }
    manifest = stored
    sweep()
  }

  private func forgetBatch() {
    growing = nil
    writing = []
    batch = BatchChanges()
  }

  /// Drops everything below `parts` that the manifest does not name.
  private func sweep() {
    let named = Set(manifest.parts.flatMap { [$0.name, $0.removals].compactMap { $0 } })
    for name in FileAccess.names(in: index.parts) where !named.contains(name) {
      FileAccess.discard(index.part(name))
    }
  }
}
