import Synchronization

/// Adds up what several readings at once have done, and tells about it.
final class ReadingCounter: Sendable {
  private let files: Int
  private let bytes: Int64
  private let began = ContinuousClock.now
  private let fileCount = Atomic(0)
  private let byteCount = Atomic(Int64(0))
  private let progress: @Sendable (IndexingProgress) -> Void

  init(files: Int, bytes: Int64, progress: @escaping @Sendable (IndexingProgress) -> Void) {
    self.files = files
    self.bytes = bytes
    self.progress = progress
  }

  func add(files: Int = 0, bytes: Int = 0) {
    let (_, files) = fileCount.add(files, ordering: .relaxed)
    let (_, bytes) = byteCount.add(Int64(bytes), ordering: .relaxed)
    progress(
      IndexingProgress(
        phase: .reading, done: files, total: self.files, bytesDone: bytes,
        bytesTotal: self.bytes, elapsed: .now - began))
  }
}
