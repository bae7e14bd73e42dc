import Foundation
import NIOCore
import Synchronization

/// Tells a node whether others can connect to it, by trying. It is no way to look at the ports of
/// somebody else: only the address that the request comes from is tried, and only so often.
public final class ReachabilityDesk: Sendable {
  private struct State {
    var rates = TokenBuckets<String>(
      rate: .init(perSecond: 0.1, burst: 5), capacity: 10_000)
    var gate = RequestGate(total: 16, perKey: 1)
  }

  private let client: PeerClient
  private let state = Mutex(State())

  /// - Parameter client: shows whose desk it is.
  public init(client: PeerClient) {
    self.client = client
  }

  /// - Throws: ``ProblemDocument`` for who asks too often, or from nowhere that could be tried.
  public func answer(
    _ request: ReachabilityRequest, in context: PeerRequestContext
  ) async throws -> ReachabilityAnswer {
    let node = try context.requireNode()
    guard let address = context.callerAddress, request.port > 0 else {
      throw ProblemDocument.forbidden(
        "Only the address that the request comes from is tried.",
        remedy: "Ask on a connection of its own, and name the port.")
    }
    let (key, now) = ("\(node)", Double(NIODeadline.now().uptimeNanoseconds) / 1e9)
    try state.withLock { state in
      if let wait = state.rates.take(key, at: now) {
        throw ProblemDocument.rateLimited(retryAfter: max(1, Int(wait.rounded(.up))))
      }
      guard state.gate.enter(key) else { throw ProblemDocument.overloaded }
    }
    defer { state.withLock { $0.gate.leave(key) } }
    let endpoint = NetworkEndpoint(address: address, port: request.port)
    do {
      try await client.probe(
        .network(host: address, port: Int(request.port)), expecting: .node(node))
      return ReachabilityAnswer(finding: .reachable, endpoint: endpoint)
    } catch let error as PeerClientError {
      return ReachabilityAnswer(
        finding: Self.finding(error), endpoint: endpoint, detail: "\(error)")
    }
  }

  private static func finding(_ error: PeerClientError) -> ReachabilityAnswer.Finding {
    switch error {
    case .unreachable(_, let reason):
      reason == String(cString: strerror(ECONNREFUSED)) ? .refused : .silent
    case .timedOut(_, .connecting): .silent
    default: .somebodyElse
    }
  }
}

extension PeerRequestContext {
  /// Where the caller is seen, without the zone of a link-local address; nil in a tunnel and on a
  /// Unix socket.
  public var callerAddress: String? {
    (connection.remoteAddress?.ipAddress?.prefix { $0 != "%" }).map(String.init)
  }
}
