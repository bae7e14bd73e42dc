import Dispatch
import SearchModel
import Synchronization

/// A part of records with text, whose words have positions: Xapian's own writer makes it of one run.
///
/// `@unchecked Sendable`: `keys` belongs to the thread of the index's writer; `outcome` is written
/// once, before the group is left, and read only after waiting for the group.
final class TextPart: PendingPart, @unchecked Sendable {
  var keys: [ChangedKey] = []
  var hasFailed: Bool { failed.load(ordering: .relaxed) }

  private let work = DispatchGroup()
  private let failed = Atomic(false)
  private var outcome: Result<Manifest.Part?, EngineError> = .success(nil)

  /// Returns at once; `room` is given back when the part is complete.
  init(name: String, records: [Record], in index: IndexFiles, room: DispatchSemaphore) {
    DispatchQueue.global(qos: .userInitiated).async(group: work) {
      self.outcome = Result { () throws(EngineError) in
        try PartWriting.write(records, as: name, in: index)
      }
      if case .failure = self.outcome { self.failed.store(true, ordering: .relaxed) }
      room.signal()
    }
  }

  func result() throws(EngineError) -> Manifest.Part? {
    work.wait()
    return try outcome.get()
  }

  func abandon() { work.wait() }
}
