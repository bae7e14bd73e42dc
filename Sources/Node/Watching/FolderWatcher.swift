import Glibc

/// Watches the folders of shares: says which watch stands for which folder and turns the kernel's
/// events into changes of a ``WatchPlan``.
struct FolderWatcher {
  struct Place: Hashable, Sendable {
    let share: Int64
    let folder: PathBytes
  }

  let inotify: Inotify
  private var places: [CInt: Place] = [:]
  private var watches: [Place: CInt] = [:]
  /// Whether the machine allowed no more watches.
  private(set) var isExhausted = false

  init() throws(SystemError) { inotify = try Inotify() }

  var watchCount: Int { watches.count }

  /// Watches a folder of a share.
  ///
  /// - Returns: whether the watch is new: what changed before it stood is to be looked for. Nil
  ///   when the folder cannot be watched.
  mutating func watch(_ folder: PathBytes, of share: Share) -> Bool? {
    let place = Place(share: share.id, folder: folder)
    guard watches[place] == nil else { return false }
    do throws(SystemError) {
      let watch = try inotify.watch(share.root.appending(folder))
      // A folder that was moved is known under its old path.
      if let old = places[watch] { watches[old] = nil }
      places[watch] = place
      watches[place] = watch
      return true
    } catch {
      if error.code == ENOSPC { isExhausted = true }
      // A folder that is gone needs no watch.
      return error.meansVanished ? false : nil
    }
  }

  /// Takes a new try at watching after the limit was reached.
  mutating func forgetExhaustion() { isExhausted = false }

  /// Whether a folder has a watch.
  func isWatching(_ folder: PathBytes, of share: Int64) -> Bool {
    watches[Place(share: share, folder: folder)] != nil
  }

  /// What the kernel's events mean.
  ///
  /// - Returns: whether events were lost, so that every share is to be looked at.
  mutating func take(
    _ events: [Inotify.Event], into plan: inout WatchPlan, at now: WatchPlan.Instant
  ) -> Bool {
    var wereLost = false
    for event in events {
      if event.isOverflow {
        wereLost = true
        continue
      }
      guard let place = places[event.watch] else { continue }
      if event.endsWatch {
        places[event.watch] = nil
        if watches[place] == event.watch { watches[place] = nil }
      }
      if event.isDepartureOfFolder, let name = event.name {
        endWatches(inside: place.folder.appending(name), of: place.share)
      }
      plan.changed(place.share, place.folder, name: event.name, at: now)
      if place.folder.isEmpty, event.concernsFolderItself || event.endsWatch {
        // The share's own folder went: nothing tells when it is back.
        // The old watches would look at what is not the share any more.
        endWatches(inside: .empty, of: place.share)
        plan.uncovered(place.share, at: now)
      }
    }
    return wereLost
  }

  private mutating func endWatches(inside folder: PathBytes, of share: Int64) {
    for (place, watch) in watches where place.share == share && place.folder.isInside(folder) {
      inotify.endWatch(watch)
      places[watch] = nil
      watches[place] = nil
    }
  }
}
