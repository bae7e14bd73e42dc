internal import CXapian
import Dispatch
import SearchModel
import Synchronization

/// A part that grows by one run of records after the other, none of which holds text. Runs are
/// analyzed and inverted beside each other and added in their order.
///
/// `@unchecked Sendable`: `keys`, `recordCount` and `isEnded` belong to the thread of the index's
/// writer; `writer` and `outcome` are touched on `adding` alone, or after waiting for all its work.
final class GrowingPart: PendingPart, @unchecked Sendable {
  /// Postings wait in memory up to so many bytes, about those of 400,000 short records, and then in a
  /// file.
  static let postingMemory = 48 << 20

  var keys: [ChangedKey] = []
  var hasFailed: Bool { failed.load(ordering: .relaxed) }

  private var recordCount = 0
  private var isEnded = false

  private let name: String
  private let index: IndexFiles
  private let adding = DispatchQueue(label: "nearfind.index.part", qos: .userInitiated)
  private let work = DispatchGroup()
  private let failed = Atomic(false)
  private var writer: OpaquePointer?
  private var outcome: Result<Manifest.Part?, EngineError> = .success(nil)

  init(name: String, in index: IndexFiles) {
    self.name = name
    self.index = index
  }

  deinit { cxapian_writer_close(writer) }

  /// Returns at once; `room` is given back when the run is part of the part.
  func add(_ records: [Record], room: DispatchSemaphore) {
    let run = InvertedRun(firstDocument: UInt32(recordCount + 1), about: index.path)
    recordCount += records.count
    run.make(of: records)
    adding.async(group: work) {
      self.append(run)
      room.signal()
    }
  }

  /// Completes the part while the batch goes on.
  func end() {
    if isEnded { return }
    isEnded = true
    let recordCount = recordCount
    if recordCount == 0 { return }
    adding.async(group: work) { self.complete(recordCount: recordCount) }
  }

  func result() throws(EngineError) -> Manifest.Part? {
    end()
    work.wait()
    return try outcome.get()
  }

  func abandon() { work.wait() }

  // MARK: On the queue

  private func append(_ run: InvertedRun) {
    attempt { () throws(EngineError) in
      let inverted = try run.result()
      if writer == nil {
        try calling(about: index.path) { error in
          cxapian_writer_open(index.part(name), Self.postingMemory, &writer, error)
        }
      }
      try calling(about: index.path) { cxapian_writer_add(writer, inverted, $0) }
    }
  }

  private func complete(recordCount: Int) {
    attempt { () throws(EngineError) in
      var files: [Manifest.File] = []
      try withUnsafeMutablePointer(to: &files) { (files) throws(EngineError) in
        try calling(about: index.path) { error in
          cxapian_writer_finish(writer, files, Manifest.File.append, error)
        }
      }
      outcome = .success(
        try PartWriting.synchronized(
          Manifest.Part(
            name: name, recordCount: recordCount, removals: nil, removedCount: 0,
            files: files.sorted { $0.name < $1.name }), in: index))
    }
  }

  /// After a failure nothing more is tried, and what is there is cleared away.
  private func attempt(_ body: () throws(EngineError) -> Void) {
    guard case .success = outcome else { return }
    do {
      try body()
    } catch {
      outcome = .failure(error)
      failed.store(true, ordering: .relaxed)
      FileAccess.discard(index.part(name))
    }
  }
}

/// Records on their way into a part, which another thread analyzes and inverts.
///
/// `@unchecked Sendable`: `outcome` is written once, before the group is left, and read only after
/// waiting for the group.
private final class InvertedRun: @unchecked Sendable {
  private let firstDocument: UInt32
  private let path: String
  private let group = DispatchGroup()
  private var run: OpaquePointer?
  private var outcome: Result<Void, EngineError> = .success(())

  init(firstDocument: UInt32, about path: String) {
    self.firstDocument = firstDocument
    self.path = path
  }

  deinit { cxapian_run_free(run) }

  func make(of records: [Record]) {
    DispatchQueue.global(qos: .userInitiated).async(group: group) {
      self.outcome = Result { () throws(EngineError) in
        let batch = PackedBatch(records).bytes
        try calling(about: self.path) { error in
          batch.withCXapianBytes { cxapian_run_make($0, self.firstDocument, &self.run, error) }
        }
      }
    }
  }

  /// Waits for the run, which this object keeps.
  func result() throws(EngineError) -> OpaquePointer? {
    group.wait()
    try outcome.get()
    return run
  }
}
