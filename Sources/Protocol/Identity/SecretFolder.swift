import Glibc

/// A folder that only its owner can look into (0700), with files that only the owner can read (0600).
/// A file is there whole or not at all: it is written beside, brought to the disk, and then named.
public struct SecretFolder: Sendable {
  let path: String

  /// Makes the folder and what is above it. One that exists must be closed to others already: who
  /// could look in before may have read what is in it, and the caller should know.
  public init(creatingAt path: String) throws(SecretFileError) {
    var made = ""
    for part in path.split(separator: "/") {
      made += (made.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
      guard mkdir(made, 0o700) == 0 || errno == EEXIST else { throw Self.failure(at: made) }
    }
    try self.init(path)
  }

  /// - Throws: ``SecretFileError`` if there is none, or others may look into it.
  public init(_ path: String) throws(SecretFileError) {
    self.path = path
    try Self.check(path, kind: mode_t(S_IFDIR), whatElse: "it is no folder")
  }

  func filePath(_ name: String) -> String { path + "/" + name }

  /// - Throws: ``SecretFileError/missing(path:)``, or what speaks against trusting the file.
  public func read(_ name: String, upTo limit: Int = 64 * 1024) throws(SecretFileError) -> [UInt8] {
    let path = filePath(name)
    try Self.check(path, kind: mode_t(S_IFREG), whatElse: "it is no plain file")
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw Self.failure(at: path) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var count = 0
    while count <= limit {
      let more = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count)
      }
      if more == 0 { break }
      guard more > 0 else {
        if errno == EINTR { continue }
        throw Self.failure(at: path)
      }
      count += more
    }
    guard count <= limit else { throw .damaged(path: path, reason: "it is too large") }
    return Array(bytes.prefix(count))
  }

  /// Puts `content` in place of what has the name, if anything has.
  public func replace(_ name: String, with content: [UInt8]) throws(SecretFileError) {
    let path = filePath(name)
    let draft = try write(content, besides: path)
    guard rename(draft, path) == 0 else {
      let failure = Self.failure(at: path)
      unlink(draft)
      throw failure
    }
    try bringFolderToDisk()
  }

  /// - Throws: ``SecretFileError/exists(path:)`` if the name is taken, by whoever was first.
  func create(_ name: String, with content: [UInt8]) throws(SecretFileError) {
    let path = filePath(name)
    let draft = try write(content, besides: path)
    // link refuses a name that is taken, where rename would replace it.
    let result = link(draft, path)
    let failure: SecretFileError? =
      result == 0 ? nil : errno == EEXIST ? .exists(path: path) : Self.failure(at: path)
    unlink(draft)
    if let failure { throw failure }
    try bringFolderToDisk()
  }

  private func write(_ content: [UInt8], besides path: String) throws(SecretFileError) -> String {
    let draft = "\(path).\(getpid()).\(UInt64.random(in: 0 ... .max)).draft"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.failure(at: draft) }
    defer { close(descriptor) }
    var written = 0
    while written < content.count {
      let more = content.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
      }
      guard more > 0 else {
        if more < 0, errno == EINTR { continue }
        let failure = Self.failure(at: draft)
        unlink(draft)
        throw failure
      }
      written += more
    }
    guard fsync(descriptor) == 0 else {
      let failure = Self.failure(at: draft)
      unlink(draft)
      throw failure
    }
    return draft
  }

  private func bringFolderToDisk() throws(SecretFileError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(at: path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw Self.failure(at: path) }
  }

  private static func check(
    _ path: String, kind: mode_t, whatElse: String
  ) throws(SecretFileError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw failure(at: path) }
    guard status.st_mode & mode_t(S_IFMT) == kind else {
      throw .damaged(path: path, reason: whatElse)
    }
    guard status.st_uid == geteuid() else {
      throw .foreignOwner(path: path, userID: status.st_uid)
    }
    let mode = UInt16(status.st_mode & 0o7777)
    guard mode & 0o077 == 0 else { throw .loosePermissions(path: path, mode: mode) }
  }

  private static func failure(at path: String) -> SecretFileError {
    switch errno {
    case ENOENT: .missing(path: path)
    case ENOSPC, EDQUOT: .diskFull(path: path)
    default: .inputOutput(path: path, reason: String(cString: strerror(errno)))
    }
  }
}
