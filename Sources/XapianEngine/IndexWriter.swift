import Dispatch
import SearchModel
import Synchronization
import TextAnalysis

/// The one writer of an index: collects a batch, writes it as parts side by side, and commits by
/// replacing the manifest.
///
/// Until the manifest is replaced nothing that was written exists for anyone, so a process may end
/// at any moment; folders that no manifest names are swept away by the next writer.
///
/// Not thread-safe: ``XapianEngine`` calls it from one serial queue.
final class IndexWriter {
  /// A part of a batch is written once it holds so many records or bytes: large enough that parts
  /// are few, small enough that memory stays bounded whatever the caller's batch is.
  private let partRecordLimit: Int
  static let partByteLimit = 64 << 20

  /// Parts are written beside the analysis of the next records, so many at a time.
  static let concurrentParts = 2

  private let index: IndexFiles
  private let lock: WriterLock
  private var manifest: Manifest

  // The uncommitted batch.
  private var analyzer = RecordAnalyzer()
  private var buffer = BatchBuffer()
  private var writing: [PendingPart] = []
  private var batch = BatchChanges()

  /// Fingerprints of the committed keys, made when a batch turns out to be large.
  private var committedKeys: KeyFingerprints?
  private let fingerprintThreshold = 2_000

  /// Opens the index for writing, and creates it where there is none.
  init(_ index: IndexFiles, partRecordLimit: Int = 65_536) throws(EngineError) {
    self.index = index
    self.partRecordLimit = partRecordLimit
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

  // MARK: The batch

  func apply(_ changes: [RecordChange]) throws(EngineError) {
    do {
      for change in changes {
        switch change {
        case .put(let record): buffer.put(record, analyzer: &analyzer)
        case .remove(let key): buffer.remove(key)
        }
        batch.note(change.key)
        if buffer.recordCount >= partRecordLimit || buffer.byteCount >= Self.partByteLimit {
          try flush()
        }
      }
    } catch {
      abandon()
      throw error
    }
  }

  /// Hands the buffer to another thread to be written as a part.
  private func flush() throws(EngineError) {
    guard !batch.keys.isEmpty else { return }
    while writing.count(where: { !$0.isFinished }) >= Self.concurrentParts {
      try wait(for: writing.first { !$0.isFinished })
    }
    let keys = batch.takeKeys()
    let name = nextName()
    writing.append(
      PendingPart(
        name: name, batch: buffer.compacted(), recordCount: buffer.recordCount, keys: keys,
        in: index))
    buffer = BatchBuffer()
  }

  private func wait(for part: PendingPart?) throws(EngineError) {
    if let part { _ = try part.result() }
  }

  private func nextName() -> String {
    let number = batch.nextNumber ?? manifest.nextNumber
    batch.nextNumber = number + 1
    return String(number)
  }

  // MARK: Committing

  func commit(notes: [String: String]) throws(EngineError) -> Revision {
    do {
      if batch.isEmpty && writing.isEmpty && notes.isEmpty { return manifest.revision }
      try flush()
      var next = manifest
      next.revision = Revision(manifest.revision.number + 1)
      next.notes.merge(notes) { _, new in new }
      var parts = try PartList(manifest, in: index)
      var batchCount = 0
      for pending in writing {
        try removeOlder(pending.keys, from: &parts)
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
      for pending in writing { for key in pending.keys { committedKeys?.insert(key.fingerprint) } }
      forgetBatch()
      sweep()
      return next.revision
    } catch {
      abandon()
      throw error
    }
  }

  /// Removes what the keys stood for before from all parts.
  private func removeOlder(
    _ keys: [ChangedKey], from parts: inout PartList
  ) throws(EngineError) {
    if committedKeys == nil && keys.count > fingerprintThreshold && !manifest.parts.isEmpty {
      committedKeys = try parts.fingerprints()
    }
    for changed in keys {
      let committed = committedKeys?.mayContain(changed.fingerprint) ?? !manifest.parts.isEmpty
      if committed || changed.isRepeated { try parts.remove(changed.key) }
    }
  }

  // MARK: Tidiness

  private func abandon() {
    for part in writing { _ = try? part.result() }
    forgetBatch()
    // Where the very last step failed the new manifest may stand already, and its parts must stay.
    guard let stored = try? Manifest.load(from: index) else { return }
    manifest = stored
    sweep()
  }

  private func forgetBatch() {
    buffer = BatchBuffer()
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

/// A key that a batch puts or removes.
struct ChangedKey {
  var key: RecordKey
  var fingerprint: UInt64
  /// Whether an earlier part of the same batch may hold it too.
  var isRepeated: Bool
}

/// The keys that the buffer's changes concern, and what the whole batch has touched.
struct BatchChanges {
  private(set) var keys: [ChangedKey] = []
  private var inBuffer: Set<RecordKey> = []
  private var inEarlierParts = KeyFingerprints()
  private var hasEarlierParts = false
  /// The number of the next part, once the batch has made one.
  var nextNumber: Int?

  var isEmpty: Bool { keys.isEmpty && !hasEarlierParts }

  mutating func note(_ key: RecordKey) {
    guard inBuffer.insert(key).inserted else { return }
    let fingerprint = KeyFingerprints.fingerprint(of: key)
    keys.append(
      ChangedKey(
        key: key, fingerprint: fingerprint,
        isRepeated: hasEarlierParts && inEarlierParts.mayContain(fingerprint)))
  }

  /// The keys of the buffer, which becomes a part of its own.
  mutating func takeKeys() -> [ChangedKey] {
    for changed in keys { inEarlierParts.insert(changed.fingerprint) }
    hasEarlierParts = true
    inBuffer.removeAll(keepingCapacity: true)
    defer { keys = [] }
    return keys
  }
}

/// A part that another thread writes.
///
/// `@unchecked Sendable`: `outcome` is written once, before the group is left, and read only after
/// waiting for the group.
final class PendingPart: @unchecked Sendable {
  let keys: [ChangedKey]
  private let group = DispatchGroup()
  private var outcome: Result<Manifest.Part?, EngineError> = .success(nil)

  init(
    name: String, batch: [UInt8], recordCount: Int, keys: [ChangedKey], in index: IndexFiles
  ) {
    self.keys = keys
    // Only removals: there is nothing to write.
    if recordCount == 0 { return }
    DispatchQueue.global(qos: .userInitiated).async(group: group) {
      self.outcome = Result { () throws(EngineError) in
        try PartWriting.write(batch, recordCount: recordCount, as: name, in: index)
      }
    }
  }

  var isFinished: Bool { group.wait(timeout: .now()) == .success }

  /// Waits for the part. Nil when the batch only removed.
  func result() throws(EngineError) -> Manifest.Part? {
    group.wait()
    return try outcome.get()
  }
}
