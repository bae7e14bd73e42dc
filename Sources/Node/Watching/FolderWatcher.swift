import Glibc

/// Watches the folders of shares: says which watch stands for which folder and turns the kernel's
/// events into changes of a ``WatchPlan``.
struct FolderWatcher {
  let inotify: Inotify
  private var places: [CInt: SharedFolder] = [:]
  private var watches: [SharedFolder: CInt] = [:]
  /// Whether the machine allowed no more watches.
  private(set) var isExhausted = false

  init() throws(SystemError) { inotify = try Inotify() }

  var watchCount: Int { watches.count }

  /// Watches a folder of a share. Called before the folder is listed, so that what changes later
  /// is told by an event; and at every listing, for a watch may stand for what was there before.
  ///
  /// - Returns: whether the folder is watched now.
  mutating func watch(_ folder: FolderHandle, as place: SharedFolder) -> Bool {
    // Trying on at the limit would only cost time.
    if isExhausted, watches[place] == nil { return false }
    do throws(SystemError) {
      let watch = try inotify.watch(folder)
      // A folder that was moved is known under its old path.
      if let old = places[watch] { watches[old] = nil }
      // Another folder stood there.
      if let old = watches[place] {
        inotify.endWatch(old)
        places[old] = nil
      }
      places[watch] = place
      watches[place] = watch
      return true
    } catch {
      if error.code == ENOSPC { isExhausted = true }
      return false
    }
  }

  /// Takes a new try at watching after the limit was reached.
  mutating func forgetExhaustion() { isExhausted = false }

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
      plan.changed(place.share, place.path, name: event.name, at: now)
      if let name = event.name {
        let folder = place.path.appending(name)
        if event.isRemovalOfFolder {
          endWatch(of: SharedFolder(share: place.share, path: folder))
        } else if event.isDepartureOfFolder {
          endWatches(inside: folder, of: place.share)
        } else if event.isArrivalOfFolder {
          plan.arrived(place.share, folder, at: now)
        }
      }
      if place.path.isEmpty, event.concernsFolderItself || event.endsWatch {
        // The share's own folder went: nothing tells when it is back.
        // The old watches would look at what is not the share any more.
        endWatches(inside: .empty, of: place.share)
        plan.uncovered(place.share, at: now)
      }
    }
    return wereLost
  }

  private mutating func endWatches(inside folder: PathBytes, of share: Int64) {
    for place in watches.keys where place.share == share && place.path.isInside(folder) {
      endWatch(of: place)
    }
  }

  private mutating func endWatch(of place: SharedFolder) {
    guard let watch = watches.removeValue(forKey: place) else { return }
    inotify.endWatch(watch)
    places[watch] = nil
  }
}
