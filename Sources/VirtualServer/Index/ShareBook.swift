import Protocol
import SearchModel
import Synchronization

/// Which shares of a group's index are hidden from whom.
///
/// What is about to be committed counts beside what is committed: a share is hidden when either says
/// so. A search looks here before it reads the index, and a commit may come in between: then
/// ``isCurrent(_:)`` says that its answer is worth nothing. With a lock, because searches must not wait
/// for commits.
final class ShareBook: Sendable {
  private struct Restriction: Hashable {
    var label: ShareLabel
    var owner: String
    var visibility: Visibility
  }

  /// What somebody may not see.
  struct Look: Sendable {
    /// The shares that are to be left out.
    var hidden: Set<ShareLabel>
    /// Nil while everyone may see everything.
    var note: ViewNote?
    fileprivate var version: UInt64
  }

  private struct State {
    var committed: Set<Restriction> = []
    var pending: Set<Restriction> = []
    var version: UInt64

    var all: Set<Restriction> { pending.isEmpty ? committed : committed.union(pending) }
  }

  private let state: Mutex<State>

  /// - Parameter version: the first; below 2^52, so that JSON holds it exactly.
  init(version: UInt64 = .random(in: 1..<1 << 52)) {
    state = Mutex(State(version: version))
  }

  /// These contents are going to be committed.
  func prepare(_ contents: GroupContents) {
    let restrictions = Self.restrictions(of: contents)
    state.withLock { state in
      guard restrictions != state.all else { return }
      state.pending = restrictions
      state.version += 1
    }
  }

  /// These contents are committed, and nothing else is on its way.
  func settle(_ contents: GroupContents) {
    let restrictions = Self.restrictions(of: contents)
    state.withLock { state in
      if restrictions != state.all { state.version += 1 }
      state.committed = restrictions
      state.pending = []
    }
  }

  /// Whether nothing has changed since somebody looked.
  func isCurrent(_ look: Look) -> Bool { state.withLock { $0.version == look.version } }

  func look(by viewer: Viewer) -> Look {
    state.withLock { state in
      let all = state.all
      if all.isEmpty { return Look(hidden: [], note: nil, version: state.version) }
      var hidden: Set<ShareLabel> = []
      var isPersonal = false
      let plain = Viewer(userID: nil, isInOwnersBand: viewer.isInOwnersBand)
      for one in all {
        if !one.visibility.permits(viewer, owner: one.owner) {
          hidden.insert(one.label)
        } else if !one.visibility.permits(plain, owner: one.owner) {
          isPersonal = true
        }
      }
      return Look(
        hidden: hidden, note: ViewNote(version: state.version, isPersonal: isPersonal),
        version: state.version)
    }
  }

  /// A name for who may see what; nil while everyone may see everything.
  var version: UInt64? { state.withLock { $0.all.isEmpty ? nil : $0.version } }

  private static func restrictions(of contents: GroupContents) -> Set<Restriction> {
    var restrictions: Set<Restriction> = []
    for entry in contents.nodes.values {
      let space = KeySpace(of: entry.node)
      for (label, visibility) in entry.shares?.visibilities ?? [:] where visibility != .everyone {
        guard let shared = space.sharedLabel(of: label) else { continue }
        restrictions.insert(
          Restriction(label: shared, owner: entry.node.user.text, visibility: visibility))
      }
    }
    return restrictions
  }
}
