import Exchange
import Glibc
import SearchModel

/// A file that is being fetched: beside its target, under a name of its own, until it is whole. What
/// is there after an interruption is verified and used, whatever happened to it meanwhile. While the
/// value lives, no other process fetches to the same target.
final class PartialFile: PieceSink {
  let target: FetchTarget
  let layout: PieceLayout
  private let folder: CInt
  private let descriptor: CInt
  private let partName: PathBytes
  private let overwrites: Bool

  /// Opens what is there or makes it. Blocks, shortly.
  ///
  /// - Parameter overwrites: whether a file that is there is replaced in the end.
  init(
    _ target: FetchTarget, layout: PieceLayout, overwrites: Bool
  ) throws(FetchStorageError) {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    let folder = target.folder.withCString { open($0, flags) }
    guard folder >= 0 else {
      throw .noFolder(path: target.folder.text, reason: SystemError.last.description)
    }
    do throws(FetchStorageError) {
      try Self.check(target, in: folder, overwrites: overwrites)
      partName = target.partName(longest: Self.longestName(in: folder))
      descriptor = try Self.openPart(partName, of: target, in: folder)
    } catch {
      close(folder)
      throw error
    }
    self.target = target
    self.layout = layout
    self.folder = folder
    self.overwrites = overwrites
  }

  deinit {
    // A process that is just being started may have a copy of the descriptor, and the lock with it.
    flock(descriptor, LOCK_UN)
    close(descriptor)
    close(folder)
  }

  /// Where the unfinished file lies.
  var partPath: String { target.folder.appending(partName).text }

  // MARK: Opening

  private static func longestName(in folder: CInt) -> Int {
    let limit = fpathconf(folder, Int32(_PC_NAME_MAX))
    return limit > 0 ? min(limit, 255) : 255
  }

  /// Refuses early what would be refused at the end.
  private static func check(
    _ target: FetchTarget, in folder: CInt, overwrites: Bool
  ) throws(FetchStorageError) {
    var status = stat()
    let result = target.name.withCString { fstatat(folder, $0, &status, AT_SYMLINK_NOFOLLOW) }
    guard result == 0 else {
      let error = SystemError.last
      if error.code == ENOENT { return }
      throw FetchStorageError(error, path: target.path, missing: 0)
    }
    switch FileKind(mode: status.st_mode) {
    case .folder, .special: throw .notAFile(path: target.path)
    // A link is replaced by the file; where it leads is not touched.
    case .file, .symbolicLink: if !overwrites { throw .exists(path: target.path) }
    }
  }

  private static func openPart(
    _ name: PathBytes, of target: FetchTarget, in folder: CInt
  ) throws(FetchStorageError) -> CInt {
    let path = target.folder.appending(name).text
    // Whoever held the lock may have renamed the file just before it was let go of.
    for _ in 0..<10 {
      let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
      let descriptor = name.withCString { openat(folder, $0, flags, 0o666) }
      guard descriptor >= 0 else {
        let error = SystemError.last
        if [ELOOP, ENXIO, EISDIR].contains(error.code) { throw .foreignPart(path: path) }
        throw FetchStorageError(error, path: target.path, missing: 0)
      }
      var status = stat()
      var present = stat()
      guard fstat(descriptor, &status) == 0, FileKind(mode: status.st_mode) == .file,
        status.st_uid == geteuid(), status.st_nlink <= 1
      else {
        close(descriptor)
        throw .foreignPart(path: path)
      }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let error = SystemError.last
        close(descriptor)
        if error.code == EWOULDBLOCK { throw .inUse(path: target.path) }
        throw FetchStorageError(error, path: target.path, missing: 0)
      }
      let isPresent =
        name.withCString { fstatat(folder, $0, &present, AT_SYMLINK_NOFOLLOW) } == 0
        && present.st_ino == status.st_ino && present.st_dev == status.st_dev
      if isPresent { return descriptor }
      close(descriptor)
    }
    throw .inUse(path: target.path)
  }

  // MARK: Pieces

  /// `SEEK_DATA` of lseek(2) on Linux, which Glibc shows only to those who ask for all of GNU.
  private static let seekData: CInt = 3

  /// The pieces that are there and true. Blocks for as long as reading them takes.
  ///
  /// - Parameters:
  ///   - verifier: with the hashes of the pieces, if there are several.
  ///   - isCancelled: is asked before each piece.
  func verifiedPieces(
    by verifier: PieceVerifier, isCancelled: () -> Bool = { false }
  ) throws(FetchStorageError) -> PieceSet {
    var found = PieceSet(pieceCount: layout.pieceCount)
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: layout.pieceByteCount, alignment: 4096)
    defer { buffer.deallocate() }
    var piece = 0
    while piece < layout.pieceCount, !isCancelled() {
      // Where nothing was written there is nothing to read.
      let data = lseek(descriptor, off_t(layout.bytes(of: piece).lowerBound), Self.seekData)
      if data < 0, errno == ENXIO { break }
      if data > 0 { piece = max(piece, Int(Int64(data) / Int64(layout.pieceByteCount))) }
      guard piece < layout.pieceCount else { break }
      let memory = UnsafeMutableRawBufferPointer(rebasing: buffer[..<layout.byteCount(of: piece)])
      // What cannot be read is fetched again.
      let count = try? readBytes(
        of: descriptor, at: layout.bytes(of: piece).lowerBound, into: memory)
      if count == memory.count, verifier.isTrue(UnsafeRawBufferPointer(memory), piece: piece) {
        found.insert(piece)
      }
      piece += 1
    }
    return found
  }

  /// Refuses to begin where there would be no room even if all that is there were of use.
  func checkRoom() throws(FetchStorageError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return }
    try checkRoom(for: layout.byteCount - min(layout.byteCount, Int64(status.st_blocks) * 512))
  }

  /// Refuses to begin where there is no room for what is missing.
  func checkRoom(beside present: PieceSet) throws(FetchStorageError) {
    try checkRoom(
      for: layout.byteCount
        - min(layout.byteCount, Int64(present.count) * Int64(layout.pieceByteCount)))
  }

  private func checkRoom(for missing: Int64) throws(FetchStorageError) {
    var status = statvfs()
    guard fstatvfs(descriptor, &status) == 0 else { return }
    let free = Int64(clamping: UInt64(status.f_bavail)).multipliedReportingOverflow(
      by: Int64(clamping: UInt64(status.f_frsize)))
    guard !free.overflow, free.partialValue < missing else { return }
    throw .diskFull(path: target.path, missing: missing - free.partialValue)
  }

  func put(_ bytes: UnsafeRawBufferPointer, piece: Int) throws(FetchStorageError) {
    let start = layout.bytes(of: piece).lowerBound
    var written = 0
    while written < bytes.count {
      let count = pwrite(
        descriptor, bytes.baseAddress! + written, bytes.count - written, off_t(start) + written)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw FetchStorageError(
          SystemError.last, path: target.path, missing: Int64(bytes.count - written))
      }
      written += count
    }
  }

  // MARK: Ending

  /// Gives the file its name. Blocks until it would survive a loss of power.
  func finish() throws(FetchStorageError) {
    guard ftruncate(descriptor, off_t(layout.byteCount)) == 0, fsync(descriptor) == 0 else {
      throw FetchStorageError(SystemError.last, path: target.path, missing: 0)
    }
    try Self.check(target, in: folder, overwrites: overwrites)
    let result = partName.withCString { part in
      target.name.withCString { name in
        overwrites
          ? renameat(folder, part, folder, name)
          : RenamingWithoutReplacing.rename(part, name, folder)
      }
    }
    guard result == 0 else {
      let error = SystemError.last
      if error.code == EEXIST { throw .exists(path: target.path) }
      if error.code == EISDIR || error.code == ENOTEMPTY { throw .notAFile(path: target.path) }
      throw FetchStorageError(error, path: target.path, missing: 0)
    }
    // A file system that does not take this for folders has other ways.
    _ = fsync(folder)
  }

  /// Whether nothing was ever written to it.
  var isEmpty: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_size == 0
  }

  /// Removes what is there, where it is of no use for going on.
  func discard() {
    _ = partName.withCString { unlinkat(folder, $0, 0) }
  }
}

extension FetchStorageError {
  init(_ error: SystemError, path: String, missing: Int64) {
    switch error.code {
    case ENOSPC, EDQUOT: self = .diskFull(path: path, missing: missing)
    case EFBIG: self = .tooLarge(path: path)
    case EROFS: self = .readOnly(path: path)
    case ENAMETOOLONG, EINVAL, EILSEQ: self = .nameRefused(path: path, reason: error.description)
    case EACCES, EPERM:
      self = .inputOutput(
        path: path, reason: "\(error). Name a folder that this user may write with --to.")
    default: self = .inputOutput(path: path, reason: error.description)
    }
  }
}

/// `renameat2` with `RENAME_NOREPLACE`, which Glibc shows only to those who ask for all of GNU.
private enum RenamingWithoutReplacing {
  private typealias Function =
    @convention(c) (
      CInt, UnsafePointer<CChar>, CInt, UnsafePointer<CChar>, CUnsignedInt
    ) -> CInt

  private static let function: Function? = {
    guard let library = dlopen(nil, RTLD_NOW), let found = dlsym(library, "renameat2") else {
      return nil
    }
    // The function has been of this form since it came into the library.
    return unsafeBitCast(found, to: Function.self)
  }()

  private static let noReplace: CUnsignedInt = 1

  /// - Returns: 0, or -1 with `errno`.
  static func rename(
    _ old: UnsafePointer<CChar>, _ new: UnsafePointer<CChar>, _ folder: CInt
  ) -> CInt {
    if let function {
      let result = function(folder, old, folder, new, noReplace)
      if result == 0 || ![EINVAL, ENOSYS].contains(errno) { return result }
    }
    // As good, where the file system has hard links.
    if linkat(folder, old, folder, new, 0) == 0 { return unlinkat(folder, old, 0) }
    guard [EPERM, EOPNOTSUPP, ENOSYS].contains(errno) else { return -1 }
    // It was looked for a moment ago, and nothing better can be had there.
    return renameat(folder, old, folder, new)
  }
}
