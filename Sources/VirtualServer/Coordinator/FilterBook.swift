import Cascade
import Protocol
import SearchModel

/// The term filters of other virtual servers, and how old each is. Pure: times come in.
///
/// A filter proves something only for a while after its server last said that it is right: what was
/// published since is not in it.
struct FilterBook: Sendable {
  private struct Entry: Sendable {
    let filter: TermFilter
    let byteCount: Int
    /// Nil where it tells of all that there is.
    var visibility: UInt64?
    var confirmed: ContinuousClock.Instant
    var lastUse: ContinuousClock.Instant
  }

  private var entries: [ServerIdentifier: Entry] = [:]
  private var byteCount = 0
  /// Servers that are being asked, and those that failed, until when.
  private var pending: Set<ServerIdentifier> = []
  private var paused: [ServerIdentifier: ContinuousClock.Instant] = [:]
  /// When each was last asked: one whose filter is old when it comes is not asked again at once.
  private var asked: [ServerIdentifier: ContinuousClock.Instant] = [:]

  /// So long after its server last confirmed it, a filter is believed: records that were published
  /// in this time may be missed, and the answer says how old the proof is.
  static let trust: Duration = .seconds(15)

  /// A filter that is in use is confirmed this often.
  static let refresh: Duration = .seconds(5)

  /// A filter that a search looked at so long ago is of use.
  static let useful: Duration = .seconds(60)

  /// How long the filter is left where it is that there was no room for.
  static let longPause: Duration = .seconds(600)

  static let pause: Duration = .seconds(30)

  /// So long a server is left alone whose index is too large for a filter.
  static let tooLargePause: Duration = .seconds(600)

  let capacity: Int

  /// - Parameter capacity: bytes of all filters together.
  init(capacity: Int = 64 << 20) {
    self.capacity = capacity
  }

  /// How old the filter is that proves that the server holds no match; nil where none does.
  func proofAge(
    of server: ServerIdentifier, against requirement: TermRequirement,
    at now: ContinuousClock.Instant
  ) -> Duration? {
    guard let entry = entries[server], now - entry.confirmed <= Self.trust,
      !entry.filter.mayMatch(requirement)
    else { return nil }
    return now - entry.confirmed
  }

  /// Under which version of who may see what the filter tells of all that everyone may see; nil where
  /// that is all that there is.
  func visibility(of server: ServerIdentifier) -> UInt64? { entries[server]?.visibility }

  /// Whether the server may hold a record that meets this.
  func mayHold(
    _ requirement: TermRequirement, _ server: ServerIdentifier, at now: ContinuousClock.Instant
  ) -> Bool {
    proofAge(of: server, against: requirement, at: now) == nil
  }

  /// Of these, nearest first, the ones whose filter is to be fetched or confirmed now, which are
  /// noted as being asked, each with the revision that is held.
  mutating func due(
    among servers: some Sequence<ServerIdentifier>, limit: Int, at now: ContinuousClock.Instant
  ) -> [(server: ServerIdentifier, known: Revision?)] {
    var found: [(server: ServerIdentifier, known: Revision?)] = []
    for server in servers {
      guard pending.count < limit else { break }
      if pending.contains(server) || paused[server].map({ now < $0 }) ?? false { continue }
      if let entry = entries[server] {
        entries[server]?.lastUse = now
        if now - entry.confirmed < Self.refresh { continue }
      }
      if let asked = asked[server], now - asked < Self.refresh { continue }
      asked[server] = now
      pending.insert(server)
      found.append((server, entries[server]?.filter.revision))
    }
    return found
  }

  mutating func confirmed(
    _ server: ServerIdentifier, revision: Revision, visibility: UInt64? = nil,
    at now: ContinuousClock.Instant
  ) {
    pending.remove(server)
    guard entries[server]?.filter.revision == revision else { return }
    entries[server]?.confirmed = now
    entries[server]?.visibility = visibility
  }

  /// - Parameter now: when it was asked for: what was published while it was on its way is not in it.
  mutating func put(
    _ filter: TermFilter, byteCount: Int, visibility: UInt64? = nil,
    of server: ServerIdentifier, at now: ContinuousClock.Instant
  ) {
    pending.remove(server)
    remove(server)
    // Filters that are all in use push each other out and are fetched again and again. Then the ones
    // that are here stay, and the others' servers are asked.
    let idle = entries.values.filter { now - $0.lastUse > Self.useful }
    let room = capacity - self.byteCount + idle.reduce(0) { $0 + $1.byteCount }
    guard byteCount <= room || entries.isEmpty else {
      paused[server] = now + Self.longPause
      return
    }
    entries[server] = Entry(
      filter: filter, byteCount: byteCount, visibility: visibility, confirmed: now, lastUse: now)
    self.byteCount += byteCount
    while self.byteCount > capacity, entries.count > 1,
      let oldest = entries.min(by: { ($0.value.lastUse, $0.key) < ($1.value.lastUse, $1.key) })
    {
      remove(oldest.key)
    }
  }

  mutating func failed(_ server: ServerIdentifier, at now: ContinuousClock.Instant) {
    pending.remove(server)
    paused[server] = now + Self.pause
  }

  /// The server's index has grown too large for a filter: the one that is held proves nothing of it.
  mutating func tooLarge(_ server: ServerIdentifier, at now: ContinuousClock.Instant) {
    pending.remove(server)
    remove(server)
    paused[server] = now + Self.tooLargePause
  }

  /// Another process serves the group: what its filter says is of no use.
  mutating func forget(_ servers: some Sequence<ServerIdentifier>) {
    for server in servers {
      remove(server)
      paused[server] = nil
      asked[server] = nil
    }
  }

  private mutating func remove(_ server: ServerIdentifier) {
    if let entry = entries.removeValue(forKey: server) { byteCount -= entry.byteCount }
  }
}
