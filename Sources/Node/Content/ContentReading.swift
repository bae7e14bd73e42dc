import Extraction
import Glibc
import SearchModel

/// Reads what a file holds. Nil where there is no extractor for such a file.
public typealias ContentExtraction =
  @Sendable (LocalFile) async throws(ExtractionError) -> ExtractedContent?

/// A file whose content is to be read, as the catalog knows it.
struct PendingFile: Sendable {
  var id: Int64
  /// The share's number.
  var share: Int64
  /// The share's own folder, absolute.
  var root: PathBytes
  /// Below the share.
  var path: PathBytes
  var status: FileStatus
}

/// What became of reading a file.
enum ContentOutcome: Sendable {
  /// The hashes, and what an extractor found or why it did not.
  case read(FileHashes, Result<ExtractedContent, ContentFailure>)
  /// The file cannot be read; tried again only when it changes.
  case failed(ContentFailure)
  /// The file is not, or no longer, what the catalog knows: another look will tell.
  case changed
}

/// The hash of a file and those of its pieces, which a file of one piece does not have.
struct FileHashes: Hashable, Sendable {
  var content: ContentHash
  var pieces: PieceHashes?
}

/// Why a file's content is not known, for people.
struct ContentFailure: Error, Hashable, Sendable {
  var reason: String
}

/// Reads one file: hash and content of the same bytes.
struct ContentReading: Sendable {
  let extraction: ContentExtraction

  /// How much is read at once. Many blocks, for few system calls; little, for flat memory.
  private static let readByteCount = 16 * PiecesRoot.blockByteCount

  /// - Parameter progress: gets the number of bytes with each step.
  /// - Throws: `CancellationError` only.
  func read(
    _ file: PendingFile, progress: @escaping @Sendable (Int) -> Void
  ) async throws -> ContentOutcome {
    let hashes: FileHashes
    switch await self.hash(file, progress: progress) {
    case .success(let value): hashes = value
    case .failure(.failed(let reason)): return .failed(ContentFailure(reason: reason))
    case .failure(.changed): return .changed
    case .failure(.cancelled): throw CancellationError()
    }
    let content = try await extract(file)
    // The extractor opened the file by its name: only if that still means the same bytes do
    // the two belong together.
    guard await BlockingWork.run({ Self.isUnchanged(file) }) else { return .changed }
    guard let content else { return .changed }
    return .read(hashes, content)
  }

  private func extract(_ file: PendingFile) async throws -> Result<
    ExtractedContent, ContentFailure
  >? {
    guard let local = LocalFile(pathBytes: file.root.appending(file.path).bytes) else {
      return .failure(ContentFailure(reason: "the path holds a NUL"))
    }
    do throws(ExtractionError) {
      return .success(try await extraction(local) ?? .empty)
    } catch {
      switch error {
      case .vanished: return nil
      case .cancelled: throw CancellationError()
      // Nothing wrong with the file: the machine is short of something.
      case .notStarted: return nil
      default: return .failure(ContentFailure(reason: error.description))
      }
    }
  }

  enum HashFailure: Error {
    case changed
    case cancelled
    case failed(String)
  }

  /// Hashing a huge file takes minutes: it ends soon after the task is cancelled.
  func hash(
    _ file: PendingFile, progress: @escaping @Sendable (Int) -> Void
  ) async -> Result<FileHashes, HashFailure> {
    let cancellation = Cancellation()
    return await withTaskCancellationHandler {
      await BlockingWork.run {
        Self.hash(file, isCancelled: { cancellation.isCancelled }, progress: progress)
      }
    } onCancel: {
      cancellation.cancel()
    }
  }

  private static func hash(
    _ file: PendingFile, isCancelled: () -> Bool, progress: (Int) -> Void
  ) -> Result<FileHashes, HashFailure> {
    do throws(SystemError) {
      let folder = try FolderHandle(root: file.root).folder(at: file.path.parent)
      let (descriptor, status) = try folder.openFile(named: file.path.lastComponent)
      defer { close(descriptor) }
      guard status.isUnchanged(from: file.status) else { return .failure(.changed) }
      var tree = PiecesRoot()
      var byteCount: Int64 = 0
      let buffer = ReadBuffer(byteCount: readByteCount)
      while true {
        if isCancelled() { return .failure(.cancelled) }
        let bytes = try buffer.fill(from: descriptor, at: byteCount)
        guard !bytes.isEmpty else { break }
        tree.add(blocksOf: bytes)
        byteCount += Int64(bytes.count)
        progress(bytes.count)
        // A file that grows without end is left as soon as that shows.
        guard byteCount <= status.size else { return .failure(.changed) }
      }
      guard byteCount == status.size, isUnchanged(file) else { return .failure(.changed) }
      return .success(FileHashes(content: tree.finished(), pieces: tree.pieceHashes()))
    } catch {
      return .failure(error.meansVanished ? .changed : .failed(error.description))
    }
  }

  /// Whether the file's name still leads to the file that the catalog knows.
  private static func isUnchanged(_ file: PendingFile) -> Bool {
    guard let folder = try? FolderHandle(root: file.root).folder(at: file.path.parent),
      let status = try? folder.status(ofEntry: file.path.lastComponent)
    else { return false }
    return FileKind(mode: status.st_mode) == .file
      && FileStatus(status).isUnchanged(from: file.status)
  }
}
