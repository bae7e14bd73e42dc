/// What a watching session tells about itself.
public enum WatchNotice: Hashable, Sendable, CustomStringConvertible {
  /// All folders are watched, this many; from here on changes are noticed as they happen.
  case watching(folderCount: Int)
  /// The machine allows no more watches than these; the rest is looked at every so many seconds.
  case watchLimitReached(folderCount: Int, rescanSeconds: Double)
  /// Changes came faster than they could be taken; everything is looked at once.
  case eventsLost
  /// A share cannot be looked at; its records stay.
  case absent(reason: String)
  /// A look found changes, this many.
  case changed(count: Int)
  /// The index holds all changes up to this number of the catalog.
  case published(sequence: Int64)

  public var description: String {
    switch self {
    case .watching(let count): count == 1 ? "Watching 1 folder." : "Watching \(count) folders."
    case .watchLimitReached(let count, let seconds):
      "Only \(count) folders can be watched: the limit fs.inotify.max_user_watches is reached. "
        + "Changes in the others are found every \(Int(seconds)) s. "
        + "Raise the limit with: sysctl fs.inotify.max_user_watches=524288"
    case .eventsLost: "Too many changes at once; looking at all folders again."
    case .absent(let reason): "\(reason) Its records stay until it is back."
    case .changed(let count): count == 1 ? "1 change found." : "\(count) changes found."
    case .published(let sequence): "The index is up to date (\(sequence))."
    }
  }
}
