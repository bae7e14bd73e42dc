import Placement
public import Protocol
import Synchronization

/// Whose right is taken back, as this central server knows it: asked at every request, and handed
/// on to nodes by difference.
public final class RevocationBook: Sendable {
  private struct State {
    var register = RevocationRegister()
    /// The last word on each subject, by revision.
    var entries: [RevocationEntry] = []
  }

  /// Nothing waits while it is held.
  private let state = Mutex(State())
  /// How many entries go into one answer; the rest follows with the next.
  private let most: Int

  public init(most: Int = 2000) {
    self.most = most
  }

  /// What to ask the store's next difference after.
  public var revision: UInt64 { state.withLock { $0.register.revision } }

  public func apply(_ changes: RevocationChanges) {
    guard !changes.entries.isEmpty else { return }
    state.withLock { state in
      state.register.apply(changes)
      let changed = Set(changes.entries.map(\.subject))
      state.entries.removeAll { changed.contains($0.subject) }
      state.entries = (state.entries + changes.entries).sorted { $0.revision < $1.revision }
    }
  }

  public func isRevoked(_ node: NodeIdentity) -> Bool {
    state.withLock { state in
      state.register.isRevoked(userid: node.user.text)
        || state.register.isRevoked(NodeID(node.node.text))
    }
  }

  /// All whose right is taken back now.
  var revokedSubjects: [RevocationSubject] {
    state.withLock { state in state.entries.filter(\.isRevoked).map(\.subject) }
  }

  /// What a node needs to know that has the list up to a revision.
  ///
  /// - Returns: nil if it has all of it. Of a long list a part: ask again after its revision.
  public func delta(after revision: UInt64) -> RevocationDelta? {
    state.withLock { state in
      let first = state.entries.partition(after: revision)
      let entries = state.entries[first...].prefix(most)
      guard let last = entries.last else { return nil }
      func names(_ isRevoked: Bool, ofUsers: Bool) -> [String] {
        entries.filter { $0.isRevoked == isRevoked && $0.subject.isUser == ofUsers }.map(\.name)
      }
      return RevocationDelta(
        revision: last.revision, users: names(true, ofUsers: true),
        nodes: names(true, ofUsers: false), restoredUsers: names(false, ofUsers: true),
        restoredNodes: names(false, ofUsers: false))
    }
  }
}

extension RevocationSubject {
  fileprivate var isUser: Bool {
    if case .user = self { true } else { false }
  }
}

extension [RevocationEntry] {
  /// The index of the first entry after a revision; they are in order.
  fileprivate func partition(after revision: UInt64) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle].revision <= revision { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
