/// Decides which folders to look at when: events and times go in, looks come out. Knows no clock,
/// no file system and no watch.
///
/// A folder is looked at when it has been quiet for the settling time, but at the latest when ten
/// settling times have gone by since its first change. Shares that are not covered by watches are
/// looked at as a whole at an interval.
struct WatchPlan {
  typealias Instant = ContinuousClock.Instant

  /// A look at one folder that is due.
  struct Look: Hashable, Sendable {
    /// The share's number.
    var share: Int64
    /// Below the share.
    var folder: PathBytes
    /// Whether to go into all folders below.
    var isRecursive: Bool
  }

  private struct Change {
    let first: Instant
    var last: Instant
    var isRecursive: Bool
  }

  private let settlingTime: Duration
  private let rescanInterval: Duration
  private var changes: [SharedFolder: Change] = [:]
  /// When the next look at a share is due that watches do not cover.
  private var rescans: [Int64: Instant] = [:]

  init(settlingTime: Duration, rescanInterval: Duration) {
    self.settlingTime = settlingTime
    self.rescanInterval = rescanInterval
  }

  /// Something in a folder has changed.
  ///
  /// - Parameter name: of what changed, where it is known. An ignore file is about everything
  ///   below its folder.
  mutating func changed(_ share: Int64, _ folder: PathBytes, name: PathBytes?, at now: Instant) {
    let isRecursive = name == PathBytes(IgnoreRules.filename)
    add(SharedFolder(share: share, path: folder), isRecursive: isRecursive, at: now)
  }

  /// A folder came to a place. Perhaps another one left it just before: then the catalog knows the
  /// place, and nothing but a look into all of it tells that its files are others.
  mutating func arrived(_ share: Int64, _ folder: PathBytes, at now: Instant) {
    add(SharedFolder(share: share, path: folder), isRecursive: true, at: now)
  }

  /// Nobody knows what has changed in a share.
  mutating func lostTrack(of share: Int64, at now: Instant) {
    add(SharedFolder(share: share, path: .empty), isRecursive: true, at: now)
  }

  /// Some folder of a share has no watch: the share is looked at now and then, until it is
  /// covered.
  mutating func uncovered(_ share: Int64, at now: Instant) {
    if rescans[share] == nil { rescans[share] = now + rescanInterval }
  }

  /// All folders of a share have watches.
  mutating func covered(_ share: Int64) { rescans[share] = nil }

  func isUncovered(_ share: Int64) -> Bool { rescans[share] != nil }

  /// When the next look is due; nil when none is.
  var nextDue: Instant? {
    (changes.values.map(due) + rescans.values).min()
  }

  /// Takes the looks that are due. One inside another recursive one is left out. A folder comes
  /// before the one that holds it: that one need not go into it any more when it was new.
  mutating func takeDue(at now: Instant) -> [Look] {
    for (share, time) in rescans where time <= now {
      rescans[share] = now + rescanInterval
      add(SharedFolder(share: share, path: .empty), isRecursive: true, at: now - settlingTime)
    }
    let due = changes.filter { self.due($0.value) <= now }
    for place in due.keys { changes[place] = nil }
    let whole = Set(due.filter(\.value.isRecursive).keys)
    return due.filter { !Self.isInside($0.key, oneOf: whole) }
      .map { Look(share: $0.share, folder: $0.path, isRecursive: $1.isRecursive) }
      .sorted { ($0.share, $1.folder) < ($1.share, $0.folder) }
  }

  /// Whether one of the folders above a place is in the set.
  private static func isInside(_ place: SharedFolder, oneOf places: Set<SharedFolder>) -> Bool {
    var folder = place.path
    while !folder.isEmpty {
      folder = folder.parent
      if places.contains(SharedFolder(share: place.share, path: folder)) { return true }
    }
    return false
  }

  private mutating func add(_ place: SharedFolder, isRecursive: Bool, at now: Instant) {
    var change =
      changes[place] ?? Change(first: now, last: now, isRecursive: isRecursive)
    change.last = max(change.last, now)
    change.isRecursive = change.isRecursive || isRecursive
    changes[place] = change
  }

  private func due(_ change: Change) -> Instant {
    min(change.last + settlingTime, change.first + settlingTime * 10)
  }
}
