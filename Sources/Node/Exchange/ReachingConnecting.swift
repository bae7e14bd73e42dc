import Foundation
public import Protocol
import Synchronization

/// Connects to a source where that works, and else has the daemon of this machine reach it: the source
/// calls back, or both meet at its virtual server.
public final class ReachingConnecting: SourceConnecting {
  private struct State {
    /// When a source could not be connected to.
    var failures: [FileSource: ContinuousClock.Instant] = [:]
    var tunnels: [FileSource: TunnelWay] = [:]
  }

  private let client: PeerClient
  private let daemon: LocalClient?
  private let state = Mutex(State())

  /// How long a source that could not be connected to is not tried again.
  private static let memory: Duration = .seconds(60)

  /// - Parameters:
  ///   - client: with a short limit for connecting.
  ///   - daemon: nil where none runs, and only those can be reached who can be connected to.
  public init(client: PeerClient, daemon: LocalClient?) {
    self.client = client
    self.daemon = daemon
  }

  public func way(to source: FileSource) async throws -> SourceWay {
    let failure = state.withLock { $0.failures[source] }
    if failure.map({ $0 + Self.memory < .now }) ?? true {
      do {
        let way = try await DirectConnecting(client: client).way(to: source)
        // A connection that is kept is found again, so this costs something once.
        try await client.connect(to: way.destination, expecting: way.expected)
        state.withLock { $0.failures[source] = nil }
        return way
      } catch {
        guard daemon != nil, Self.isNoConnection(error) else { throw error }
        state.withLock { $0.failures[source] = .now }
      }
    }
    guard let daemon else { throw NoWay(node: source.node) }
    let tunnel = state.withLock { state in
      let made =
        state.tunnels[source]
        ?? TunnelWay(name: "\(source.node)") { try await daemon.tunnel(to: source) }
      state.tunnels[source] = made
      return made
    }
    return SourceWay(
      client: client, destination: .tunnel(tunnel), expected: .node(source.node))
  }

  /// Whether another way may lead there.
  private static func isNoConnection(_ error: any Error) -> Bool {
    switch error {
    case is NoWay, PeerClientError.unreachable, PeerClientError.timedOut,
      PeerClientError.connectionLost:
      true
    // At an address that was given on by a router, somebody else may answer.
    case PeerClientError.certificate, PeerClientError.handshakeRefused: true
    default: false
    }
  }
}
