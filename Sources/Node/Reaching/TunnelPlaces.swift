import Protocol

/// Who is served through tunnels at the same time. Each is a connection of the node's server, and no
/// user should keep all others out. Pure.
struct TunnelPlaces: Sendable {
  enum Refusal: Error, Hashable, Sendable {
    case full(limit: Int)
    case fullForUser(limit: Int)
  }

  private let limit: Int
  /// Of the nodes of one user, who may have many.
  private let limitPerUser: Int
  private var counts: [PeerName: Int] = [:]

  init(limit: Int = 32, limitPerUser: Int = 4) {
    self.limit = limit
    self.limitPerUser = limitPerUser
  }

  /// Takes a place; ``leave(_:)`` must follow.
  mutating func take(for user: PeerName) throws(Refusal) {
    guard counts.values.reduce(0, +) < limit else { throw .full(limit: limit) }
    guard counts[user, default: 0] < limitPerUser else { throw .fullForUser(limit: limitPerUser) }
    counts[user, default: 0] += 1
  }

  /// Gives up a place that was taken.
  mutating func leave(_ user: PeerName) {
    guard let count = counts[user] else { return }
    counts[user] = count > 1 ? count - 1 : nil
  }
}

extension ProblemDocument {
  init(_ refusal: TunnelPlaces.Refusal) {
    let (detail, remedy) =
      switch refusal {
      case .full(let limit):
        ("It serves \(limit) who cannot connect to it, and takes no more.", "Try again shortly.")
      case .fullForUser(let limit):
        (
          "It serves \(limit) machines or transfers of one user who cannot connect to it.",
          "Wait until another transfer of this user's machines is done."
        )
      }
    self.init(
      .overloaded, status: 503, title: "Too many tunnels", detail: detail, remedy: remedy,
      retryAfter: 5)
  }
}
