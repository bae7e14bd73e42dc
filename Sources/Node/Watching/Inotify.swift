import Glibc

/// The kernel's file events, for any number of folders.
final class Inotify: Sendable {
  struct Event: Sendable {
    /// The number of the watch; meaningless when ``isOverflow``.
    let watch: CInt
    private let mask: UInt32
    /// Of what changed in the folder; nil when the folder itself is meant.
    let name: PathBytes?

    init(watch: CInt, mask: UInt32, name: PathBytes?) {
      self.watch = watch
      self.mask = mask
      self.name = name
    }

    /// Events were lost.
    var isOverflow: Bool { mask & UInt32(IN_Q_OVERFLOW) != 0 }
    /// The watch is no more.
    var endsWatch: Bool { mask & UInt32(IN_IGNORED) != 0 }
    /// A folder of this name left the folder, by removal or by a move.
    var isDepartureOfFolder: Bool { isAboutFolder(IN_MOVED_FROM | IN_DELETE) }
    /// It was removed, so nothing was in it any more.
    var isRemovalOfFolder: Bool { isAboutFolder(IN_DELETE) }
    /// A folder of this name came into the folder, made or moved.
    var isArrivalOfFolder: Bool { isAboutFolder(IN_MOVED_TO | IN_CREATE) }
    /// The folder itself was moved or removed.
    var concernsFolderItself: Bool { mask & UInt32(IN_MOVE_SELF | IN_DELETE_SELF) != 0 }

    private func isAboutFolder(_ kinds: CInt) -> Bool {
      mask & UInt32(IN_ISDIR) != 0 && mask & UInt32(kinds) != 0
    }
  }

  private let descriptor: CInt
  /// A pipe that has something to read as soon as the waiting is to end.
  private let wakeUp: (reading: CInt, writing: CInt)

  init() throws(SystemError) {
    let descriptor = inotify_init1(CInt(IN_CLOEXEC | IN_NONBLOCK))
    guard descriptor >= 0 else { throw .last }
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else {
      let error = SystemError.last
      close(descriptor)
      throw error
    }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    self.descriptor = descriptor
    wakeUp = (reading: ends[0], writing: ends[1])
  }

  deinit {
    close(descriptor)
    close(wakeUp.reading)
    close(wakeUp.writing)
  }

  /// Watches one folder, not those below it. A folder that is watched already, perhaps under
  /// another path, keeps its number.
  ///
  /// - Throws: `ENOSPC` when the machine allows no more watches.
  func watch(_ folder: FolderHandle) throws(SystemError) -> CInt {
    // By its path it could be another folder by now.
    let path = PathBytes("/proc/self/fd/\(folder.descriptor)")
    let mask =
      IN_CREATE | IN_DELETE | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVED_FROM
      | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK
    let watch = path.withCString {
      inotify_add_watch(descriptor, $0, UInt32(truncatingIfNeeded: mask))
    }
    guard watch >= 0 else { throw .last }
    return watch
  }

  func endWatch(_ watch: CInt) { _ = inotify_rm_watch(descriptor, watch) }

  /// Ends the ``events(within:)`` that waits, or the next one at once.
  func wake() { _ = write(wakeUp.writing, [0], 1) }

  /// Waits for events. Blocks.
  ///
  /// - Parameter duration: how long at most; nil for as long as it takes.
  /// - Returns: none when the time is over or ``wake()`` was called.
  func events(within duration: Duration?) -> [Event] {
    var descriptors = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wakeUp.reading, events: Int16(POLLIN), revents: 0),
    ]
    let milliseconds = duration.map { max(0, $0 / .milliseconds(1)).rounded(.up) }
    let timeout = milliseconds.map { CInt(min($0, 3_600_000)) } ?? -1
    guard poll(&descriptors, 2, timeout) > 0 else { return [] }
    var events: [Event] = []
    // At least one event with the longest name fits.
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    if descriptors[1].revents != 0 {
      _ = buffer.withUnsafeMutableBytes { read(wakeUp.reading, $0.baseAddress, $0.count) }
    }
    let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    guard count > 0 else { return [] }
    buffer.withUnsafeBytes { bytes in
      var offset = 0
      let head = MemoryLayout<inotify_event>.size
      while offset + head <= count {
        let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
        let end = offset + head + Int(event.len)
        let name = bytes[(offset + head)..<end].prefix { $0 != 0 }
        events.append(
          Event(
            watch: event.wd, mask: event.mask,
            name: name.isEmpty ? nil : PathBytes(Array(name))))
        offset = end
      }
    }
    return events
  }
}
