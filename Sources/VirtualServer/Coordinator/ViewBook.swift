import Cascade
import Protocol

/// For which users other virtual servers have more to show than for everyone, as far as their answers
/// said. Pure.
///
/// A filter has the words of what everyone may see. So it proves nothing for somebody of whom it is not
/// known that there is no more for them.
struct ViewBook: Sendable {
  private struct Entry: Sendable {
    var version: UInt64
    var isPersonal: [String: Bool] = [:]
  }

  private var entries: [ServerIdentifier: Entry] = [:]
  private var count = 0
  /// Those that showed everything to everyone when they last answered.
  private var open: Set<ServerIdentifier> = []
  let capacity: Int

  /// - Parameter capacity: how many users of servers are kept.
  init(capacity: Int = 100_000) {
    self.capacity = capacity
  }

  /// Whether to say in whose name is asked. Where it makes no difference, a message is a third of its
  /// length without.
  func needsMandate(_ server: ServerIdentifier) -> Bool { !open.contains(server) }

  /// - Parameters:
  ///   - note: nil from a server that shows everything to everyone.
  ///   - user: in whose name it was asked; nil for nobody's.
  mutating func note(_ note: ViewNote?, of server: ServerIdentifier, for user: String?) {
    guard let note else {
      forget([server])
      open.insert(server)
      return
    }
    open.remove(server)
    guard let user else { return }
    if entries[server]?.version != note.version {
      forget([server])
      entries[server] = Entry(version: note.version)
    }
    if entries[server]?.isPersonal.updateValue(note.isPersonal, forKey: user) == nil { count += 1 }
    guard count > capacity else { return }
    // What is forgotten costs one question each.
    entries = [:]
    count = 0
  }

  /// Whether a filter that was made under this version says all that there is for the user.
  ///
  /// - Parameters:
  ///   - version: nil where everyone may see everything.
  ///   - user: nil for who sees what everyone may.
  func isPlain(_ server: ServerIdentifier, version: UInt64?, for user: String?) -> Bool {
    guard let version, let user else { return true }
    guard let entry = entries[server], entry.version == version else { return false }
    return entry.isPersonal[user] == false
  }

  mutating func forget(_ servers: some Sequence<ServerIdentifier>) {
    for server in servers {
      open.remove(server)
      if let entry = entries.removeValue(forKey: server) { count -= entry.isPersonal.count }
    }
  }
}
