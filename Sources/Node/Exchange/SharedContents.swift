import Exchange
import Glibc
import Protocol
import SearchModel
import Synchronization

/// Gives out what the catalog says is shared at this moment, and nothing else: each file is opened
/// below its share without following a link, must be the one that was hashed, and every piece is
/// compared with its hash when it is read.
final class SharedContents: Sendable {
  private let catalog: Catalog
  /// Is told of files that turn out to be another than the catalog knows.
  private let doubted: @Sendable (SharedFolder) -> Void
  private let hashing = PieceHashing()

  /// - Parameters:
  ///   - catalog: open for writing, so that what has changed can be queued.
  ///   - doubted: has the folder looked at again and pending contents read.
  init(
    catalog: Catalog, doubted: @escaping @Sendable (SharedFolder) -> Void
  ) {
    self.catalog = catalog
    self.doubted = doubted
  }

  /// A file of this content on this machine, as far as the catalog knows. Blocks.
  func firstCopy(of hash: ContentHash) -> PendingFile? {
    (try? catalog.sharedFiles(holding: hash) { _ in true })?.first?.file
  }

  /// Opens a file of this content. Blocks.
  ///
  /// - Parameter viewer: nil for the user of this machine, who may have all.
  /// - Throws: ``FileRefusal/notShared``, ``FileRefusal/changed``, ``FileRefusal/unreadable(_:)``.
  func open(
    _ hash: ContentHash, for viewer: Viewer?
  ) throws(FileRefusal) -> OpenContent {
    var refusal = FileRefusal.notShared
    for shared in try found(hash, for: viewer) {
      do throws(FileRefusal) {
        return try open(shared, hash)
      } catch {
        refusal = error
        if case .changed = error { doubt(shared.file) }
      }
    }
    throw refusal
  }

  /// Whether somebody may have the file of which he was given a part, as its share is visible now.
  /// Blocks.
  func stillGives(_ content: OpenContent, to viewer: Viewer) -> Bool {
    (try? catalog.permits(viewer, share: content.file.share)) ?? false
  }

  private func permits(_ viewer: Viewer?, _ share: Share) -> Bool {
    viewer.map { share.visibility.permits($0, owner: catalog.owner.userID) } ?? true
  }

  /// The hashes of the pieces of an open file, computed if they are not known. That takes as long as
  /// reading the file does: who asks is told to come again.
  ///
  /// - Throws: ``FileRefusal``.
  func pieceHashes(of content: OpenContent) async throws(FileRefusal) -> PieceHashes {
    if let known = content.verifier.hashes { return known }
    let file = content.file
    let outcome = await hashing.hashes(of: content.verifier.hash) { [self] in
      await ContentReading(extraction: { _ in nil }).hash(file) { _ in }
        .flatMap { found in
          guard found.content == content.verifier.hash, let pieces = found.pieces else {
            return .failure(.changed)
          }
          try? catalog.keep(pieces, of: found.content)
          return .success(pieces)
        }
    }
    switch outcome {
    case nil: throw .busy(retryAfter: 5)
    case .success(let pieces): return pieces
    case .failure(.changed):
      doubt(file)
      throw .changed
    case .failure(.failed(let reason)): throw .unreadable(reason)
    case .failure(.cancelled): throw .busy(retryAfter: 1)
    }
  }

  /// The file is not what was hashed: it is read again, and given to nobody until then.
  func doubt(_ file: PendingFile) {
    // A catalog that cannot be written keeps the file from nobody who verifies what comes.
    try? catalog.doubt(file)
    doubted(SharedFolder(share: file.share, path: file.path.parent))
  }

  private func found(
    _ hash: ContentHash, for viewer: Viewer?
  ) throws(FileRefusal) -> [SharedFile] {
    do throws(CatalogError) {
      return try catalog.sharedFiles(holding: hash) { permits(viewer, $0) }
    } catch {
      throw .unreadable("\(error)")
    }
  }

  private func open(
    _ shared: SharedFile, _ hash: ContentHash
  ) throws(FileRefusal) -> OpenContent {
    let file = shared.file
    guard let layout = PieceLayout(byteCount: file.status.size) else { throw .notShared }
    do throws(SystemError) {
      let root = try FolderHandle(root: file.root)
      let status = try root.status()
      // Another folder in the share's place, as where a disk is not mounted, was never shared.
      guard status.device == shared.share.device, status.inode == shared.share.inode else {
        throw SystemError(code: ENOENT)
      }
      let (descriptor, found) = try root.folder(at: file.path.parent)
        .openFile(named: file.path.lastComponent)
      let known = (try? catalog.pieceHashes(of: hash)).flatMap { bytes in
        bytes.flatMap { PieceHashes(bytes: $0, of: hash, layout: layout) }
      }
      let content = OpenContent(
        descriptor: descriptor, file: file,
        verifier: PieceVerifier(hash: hash, layout: layout, hashes: known))
      guard found.isUnchanged(from: file.status) else { throw SystemError(code: ENOENT) }
      return content
    } catch {
      guard error.meansVanished else { throw .unreadable("\(file.path.text): \(error)") }
      throw .changed
    }
  }
}

/// A shared file that is open for reading.
final class OpenContent: Sendable {
  let file: PendingFile
  let verifier: PieceVerifier
  private let descriptor: CInt

  var layout: PieceLayout { verifier.layout }

  /// - Parameter descriptor: closed with the value.
  init(descriptor: CInt, file: PendingFile, verifier: PieceVerifier) {
    self.descriptor = descriptor
    self.file = file
    self.verifier = verifier
  }

  deinit { close(descriptor) }

  /// Reads a piece and compares it with its hash. Blocks.
  ///
  /// - Parameters:
  ///   - verifier: with the hashes of the pieces.
  ///   - memory: of the piece's size.
  /// - Throws: ``FileRefusal/changed`` where the file is shorter or other than it was.
  func read(
    _ piece: Int, by verifier: PieceVerifier, into memory: UnsafeMutableRawBufferPointer
  ) throws(FileRefusal) {
    try read(at: layout.bytes(of: piece).lowerBound, into: memory)
    guard verifier.isTrue(UnsafeRawBufferPointer(memory), piece: piece) else { throw .changed }
  }

  /// Fills the memory with what is on the disk, which is compared with nothing. Blocks.
  ///
  /// - Throws: ``FileRefusal/changed`` where the file is too short.
  func read(
    at offset: Int64, into memory: UnsafeMutableRawBufferPointer
  ) throws(FileRefusal) {
    let count: Int
    do throws(SystemError) {
      count = try readBytes(of: descriptor, at: offset, into: memory)
    } catch {
      throw .unreadable("\(file.path.text): \(error)")
    }
    guard count == memory.count else { throw .changed }
  }
}

/// Computes the hashes of pieces that are not known, of each file once at a time.
private actor PieceHashing {
  typealias Outcome = Result<PieceHashes, ContentReading.HashFailure>

  private var running: [ContentHash: Task<Outcome, Never>] = [:]

  /// What who asks waits for at most; the work goes on behind it.
  private static let patience: Duration = .seconds(5)
  /// Files that are hashed at once for who asks.
  private static let width = 2

  /// - Returns: nil where it takes longer.
  func hashes(
    of hash: ContentHash, _ work: @escaping @Sendable () async -> Outcome
  ) async -> Outcome? {
    if running[hash] == nil {
      guard running.count < Self.width else { return nil }
      running[hash] = Task {
        let outcome = await work()
        running[hash] = nil
        return outcome
      }
    }
    guard let task = running[hash] else { return nil }
    let bell = Bell()
    let found = Mutex<Outcome?>(nil)
    Task {
      let outcome = await task.value
      found.withLock { $0 = outcome }
      await bell.ring()
    }
    await bell.wait(atMost: Self.patience)
    return found.withLock { $0 }
  }
}
