import Glibc

/// Walks a share's folders, one listing at a time, without ever following a symbolic link or
/// opening a file other than the ignore files.
///
/// The walk goes depth first with folders in the order of their names, holds one open descriptor
/// for each level, and goes on from whatever it meets: what vanished meanwhile is left out, what
/// cannot be read is noted.
struct FolderScan {
  /// How many folders deep a scan goes. Each level costs a descriptor, and a process has 1,024.
  static let maximumDepth = 200

  /// How large an ignore file is read.
  static let maximumIgnoreFileByteCount = 1 << 20

  struct Options: Sendable {
    /// Whether folders on other file systems are left out.
    var staysOnFileSystem = false
    /// Whether the scan goes into folders, or lists one folder only.
    var isRecursive = true
    /// The rules above those of the ignore files.
    var rules = IgnoreRules.standard
  }

  /// Gets an open folder and its path below the share.
  typealias Visit = (FolderHandle, PathBytes) -> Void

  private struct Level {
    let handle: FolderHandle
    let path: PathBytes
    let rules: IgnoreRules
    /// The folders still to go into, the next one last.
    var remaining: [PathBytes]
  }

  private let root: PathBytes
  private let options: Options
  private let device: Int64
  private var levels: [Level] = []
  private var start: Start?
  /// What was met since the notes were last taken.
  private(set) var notes: [ScanNote] = []

  private enum Start {
    case listing(FolderHandle, PathBytes, IgnoreRules)
    case outcome(PathBytes, FolderListing.Outcome)
  }

  /// - Parameters:
  ///   - root: the share's own folder, absolute.
  ///   - folder: where to start, below the share.
  /// - Throws: when the share's own folder cannot be opened.
  init(root: PathBytes, from folder: PathBytes = .empty, options: Options = Options())
    throws(SystemError)
  {
    self.root = root
    self.options = options
    let handle = try FolderHandle(root: root)
    device = try handle.status().device
    start = begin(at: folder, from: handle)
  }

  mutating func takeNotes() -> [ScanNote] {
    defer { notes.removeAll() }
    return notes
  }

  /// The next folder's listing; nil when all have been seen.
  ///
  /// - Parameter visit: gets the folder just before it is listed.
  mutating func next(visit: Visit = { _, _ in }) -> FolderListing? {
    if let start {
      self.start = nil
      switch start {
      case .outcome(let path, let outcome):
        return FolderListing(path: path, outcome: outcome)
      case .listing(let handle, let path, let rules):
        return list(handle, at: path, inherited: rules, visit: visit)
      }
    }
    while let level = levels.last {
      guard let name = levels[levels.count - 1].remaining.popLast() else {
        levels.removeLast()
        continue
      }
      let path = level.path.appending(name)
      switch enter(name, of: level.handle, at: path) {
      case .success(let handle):
        return list(handle, at: path, inherited: level.rules, visit: visit)
      case .failure(let failure): return FolderListing(path: path, outcome: failure.outcome)
      }
    }
    return nil
  }

  private struct EntryFailure: Error {
    let outcome: FolderListing.Outcome
  }

  /// Opens a folder on the way down and notes why not.
  private mutating func enter(
    _ name: PathBytes, of parent: FolderHandle, at path: PathBytes
  ) -> Result<FolderHandle, EntryFailure> {
    do throws(SystemError) {
      guard levels.count < Self.maximumDepth else {
        note(path, .tooDeep)
        return .failure(EntryFailure(outcome: .gone))
      }
      let handle = try parent.folder(named: name)
      if options.staysOnFileSystem, try handle.status().device != device {
        note(path, .otherFileSystem)
        return .failure(EntryFailure(outcome: .gone))
      }
      return .success(handle)
    } catch {
      return .failure(EntryFailure(outcome: outcome(of: error, at: path)))
    }
  }

  private mutating func outcome(of error: SystemError, at path: PathBytes)
    -> FolderListing.Outcome
  {
    if error.meansVanished { return .gone }
    note(path, .unreadable(error.description))
    return error.meansForbidden ? .gone : .unknown
  }

  private mutating func note(_ path: PathBytes, _ reason: ScanNote.Reason) {
    notes.append(ScanNote(path: root.appending(path), reason: reason))
  }

  /// Goes down to the folder that the scan starts at and gathers the rules on the way.
  private mutating func begin(at folder: PathBytes, from top: FolderHandle) -> Start {
    var handle = top
    var path = PathBytes.empty
    var rules = options.rules
    for name in folder.components {
      rules = adding(ignoreFileOf: handle, at: path, to: rules)
      path = path.appending(name)
      if rules.leaveOut(name.bytes[...], in: path.parent, isFolder: true) {
        return .outcome(path, .gone)
      }
      switch enter(name, of: handle, at: path) {
      case .success(let next): handle = next
      case .failure(let failure): return .outcome(path, failure.outcome)
      }
    }
    return .listing(handle, folder, rules)
  }

  private mutating func adding(
    ignoreFileOf handle: FolderHandle, at path: PathBytes, to rules: IgnoreRules
  ) -> IgnoreRules {
    do throws(SystemError) {
      let (file, status) = try handle.openFile(named: PathBytes(IgnoreRules.filename))
      defer { close(file) }
      let count = min(Int(status.size), Self.maximumIgnoreFileByteCount)
      return rules.adding(contents: try readStart(of: file, count: count), in: path)
    } catch {
      if !error.meansVanished {
        note(
          path.appending(PathBytes(IgnoreRules.filename)), .unreadable(error.description))
      }
      return rules
    }
  }

  private mutating func list(
    _ handle: FolderHandle, at path: PathBytes, inherited: IgnoreRules, visit: Visit
  ) -> FolderListing {
    visit(handle, path)
    var entries = FolderEntries()
    do throws(SystemError) {
      try handle.readEntries { entries.append($0, kind: $1) }
    } catch {
      return FolderListing(path: path, outcome: outcome(of: error, at: path))
    }
    entries.sort()
    let rules =
      entries.holdsIgnoreFile
      ? adding(ignoreFileOf: handle, at: path, to: inherited) : inherited
    var listing = FolderListing(path: path)
    listing.files.reserveCapacity(entries.entries.count)
    for entry in entries.entries {
      examine(entry, named: entries.names, of: handle, rules: rules, into: &listing)
    }
    listing.names = entries.names
    if options.isRecursive {
      levels.append(
        Level(
          handle: handle, path: path, rules: rules,
          remaining: listing.folders.reversed()))
    }
    return listing
  }

  /// Takes one entry into the listing, or leaves it out.
  private mutating func examine(
    _ entry: FolderEntries.Entry, named names: [UInt8], of handle: FolderHandle,
    rules: IgnoreRules, into listing: inout FolderListing
  ) {
    let folder = listing.path
    let isLeftOut = { (kind: FileKind) in
      rules.leaveOut(names[entry.name], in: folder, isFolder: kind == .folder)
    }
    let path = { folder.appending(PathBytes(Array(names[entry.name]))) }
    if let kind = entry.kind, isLeftOut(kind) { return }
    do throws(SystemError) {
      var kind = entry.kind
      var status: stat?
      if kind == nil || kind == .file {
        let itsStatus = try handle.status(ofEntryAt: entry.name.lowerBound, in: names)
        let found = FileKind(mode: itsStatus.st_mode)
        // The kind may have become another since the folder was read, and the rules may
        // speak of folders alone.
        if found != kind, isLeftOut(found) { return }
        (kind, status) = (found, itsStatus)
      }
      switch kind {
      case .file:
        if let status {
          listing.files.append(
            .init(
              name: entry.name, status: FileStatus(status),
              hasOtherNames: status.st_nlink > 1))
        }
      case .folder: listing.folders.append(PathBytes(Array(names[entry.name])))
      case .symbolicLink: note(path(), .symbolicLink)
      case .special, nil: note(path(), .notAFile)
      }
    } catch {
      if !error.meansVanished { note(path(), .unreadable(error.description)) }
    }
  }
}
