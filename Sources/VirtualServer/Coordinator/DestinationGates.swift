import Cascade
import Synchronization

/// Keeps the requests few that are open to one virtual server: all searches of a group come to others
/// under its host's name, and a server refuses a name that asks too much at once. What is too many
/// waits, first come first served, until it is cancelled: a search that ends at its deadline gives up
/// what it waits for.
final class DestinationGates: Sendable {
  private struct Entry {
    let gate: SearchGate
    /// Requests that run or wait; without any there is no entry.
    var userCount: Int
  }

  /// Half of what a virtual server gives to one identity, so that the host's own node is never
  /// refused because its group searches.
  static let openRequests = GroupServiceLimits.requestsPerIdentity / 2

  private let openRequests: Int
  private let entries = Mutex<[ServerIdentifier: Entry]>([:])

  init(openRequests: Int = DestinationGates.openRequests) {
    self.openRequests = openRequests
  }

  /// How many requests run or wait.
  var requestCount: Int { entries.withLock { $0.values.reduce(0) { $0 + $1.userCount } } }

  /// - Throws: `CancellationError` when the task is cancelled before its turn; what `work` throws.
  func run<Value: Sendable>(
    _ server: ServerIdentifier, _ work: @Sendable () async throws -> Value
  ) async throws -> Value {
    let gate = entries.withLock { entries in
      let gate =
        entries[server]?.gate ?? SearchGate(concurrent: openRequests, queueLimit: .max)
      entries[server, default: Entry(gate: gate, userCount: 0)].userCount += 1
      return gate
    }
    defer { leave(server) }
    return try await gate.run(work)
  }

  private func leave(_ server: ServerIdentifier) {
    entries.withLock { entries in
      entries[server]?.userCount -= 1
      if entries[server]?.userCount == 0 { entries[server] = nil }
    }
  }
}
