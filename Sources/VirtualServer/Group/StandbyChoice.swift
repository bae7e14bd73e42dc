import Protocol

/// Which client keeps a second copy of the group's index: the one that the central server would
/// promote, largest capacity, then longest uptime, then name. Whoever was chosen stays chosen as long as
/// it is present. Pure: times are milliseconds of one steady clock and come in as arguments.
struct StandbyChoice: Sendable {
  /// A copy as the client that keeps it last told of it.
  struct Copy: Hashable, Sendable {
    var endpoint: NetworkEndpoint
    var membership: UInt64
    var incompleteNodes: [String]
  }

  private struct Candidate {
    var limitCount: Int
    var startedAt: Int64
    var copy: Copy?
    var heard: Int64
  }

  private var candidates: [String: Candidate] = [:]
  /// By the name in the list of clients; nil while nobody can.
  private(set) var chosen: String?
  /// Before this it waits for all clients: one that stands by already may be among them.
  private let beginning: Int64

  /// Three presences. One that is silent for longer does not stand by.
  static let patience: Int64 = 15_000
  /// In so long a time every client tells that it lives.
  static let hearing: Int64 = 10_000
  /// Three hundred years of uptime are as good as more.
  private static let longestUptime = 1e10

  init(now: Int64) {
    beginning = now + Self.hearing
  }

  /// - Parameters:
  ///   - offer: nil from a client that cannot stand by.
  ///   - address: where the client is seen; nil where it cannot be reached.
  mutating func take(
    _ offer: StandbyOffer?, of name: String, at address: String?, group: UInt64, now: Int64
  ) {
    let uptime = offer.map { $0.uptime.isFinite ? min(max(0, $0.uptime), Self.longestUptime) : 0 }
    var copy: Copy?
    if let told = offer?.copy, told.group == group, told.port != 0, let address {
      copy = Copy(
        endpoint: NetworkEndpoint(address: address, port: told.port), membership: told.membership,
        incompleteNodes: told.incompleteNodes)
    }
    candidates[name] = Candidate(
      limitCount: offer?.limitCount ?? 0, startedAt: now - Int64((uptime ?? 0) * 1000),
      copy: copy, heard: now)
  }

  mutating func choose(among members: [String], now: Int64) {
    let members = Set(members)
    let isOld = { (heard: Int64) in now - heard >= Self.patience }
    candidates = candidates.filter { members.contains($0.key) && !isOld($0.value.heard) }
    let able = candidates.filter { $0.value.limitCount > 0 }
    if let chosen, able[chosen]?.copy != nil { return }
    let standing = able.filter { $0.value.copy != nil }
    if standing.isEmpty {
      if let chosen, able[chosen] != nil { return }
      chosen = nil
      guard now >= beginning || candidates.count == members.count else { return }
    }
    chosen =
      (standing.isEmpty ? able : standing).min { left, right in
        (-left.value.limitCount, left.value.startedAt, left.key)
          < (-right.value.limitCount, right.value.startedAt, right.key)
      }?.key
  }

  /// The chosen one, once it stands by.
  var standby: (node: String, copy: Copy)? {
    guard let chosen, let copy = candidates[chosen]?.copy else { return nil }
    return (chosen, copy)
  }
}
