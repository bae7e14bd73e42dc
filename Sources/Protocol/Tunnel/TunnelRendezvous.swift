import Hummingbird
import Synchronization

/// Where those who were asked to open a tunnel are waited for. Each is told a token, and only the node
/// that is waited for can use it, once.
public final class TunnelRendezvous: Sendable {
  private struct Waiting {
    let node: NodeIdentity
    let arrival: AsyncStream<TunnelPipe>.Continuation
  }

  private let capacity: Int
  private let waiting = Mutex<[TunnelToken: Waiting]>([:])

  /// - Parameter capacity: how many may be waited for at once.
  public init(capacity: Int = 64) {
    self.capacity = capacity
  }

  /// How many are waited for.
  public var count: Int { waiting.withLock { $0.count } }

  /// Waits for a tunnel that `node` opens.
  ///
  /// - Parameters:
  ///   - limit: for all of it.
  ///   - summon: has the node told of the token. When it returns, the node may still be on its way.
  /// - Throws: what `summon` throws; ``ProblemDocument`` when nobody comes, or when too many are waited
  ///   for already; `CancellationError`.
  public func tunnel(
    from node: NodeIdentity, within limit: Duration,
    _ summon: @escaping @Sendable (TunnelToken) async throws -> Void
  ) async throws -> TunnelPipe {
    let token = TunnelToken()
    let (pipes, arrival) = AsyncStream<TunnelPipe>.makeStream()
    let isTaken = waiting.withLock { waiting in
      guard waiting.count < capacity else { return false }
      waiting[token] = Waiting(node: node, arrival: arrival)
      return true
    }
    guard isTaken else { throw ProblemDocument.overloaded }
    defer {
      _ = waiting.withLock { $0.removeValue(forKey: token) }
      arrival.finish()
    }
    return try await withThrowingTaskGroup(of: TunnelPipe?.self) { group in
      group.addTask {
        var iterator = pipes.makeAsyncIterator()
        guard let pipe = await iterator.next() else { throw CancellationError() }
        return pipe
      }
      group.addTask {
        try await summon(token)
        return nil
      }
      group.addTask {
        // The limit itself; cut short by whoever comes first.
        try await Task.sleep(for: limit)
        throw ProblemDocument.calledInVain(node)
      }
      defer { group.cancelAll() }
      while let pipe = try await group.next() {
        if let pipe { return pipe }
      }
      throw CancellationError()
    }
  }

  /// - Throws: ``ProblemDocument`` unless a tunnel of this token is waited for, from this node.
  func check(_ token: TunnelToken?, from node: NodeIdentity) throws {
    let isExpected = waiting.withLock { waiting in
      token.flatMap { waiting[$0] }?.node == node
    }
    guard isExpected else { throw ProblemDocument.notExpected }
  }

  /// Gives the pipe to who waits for it; closes it when nobody does any more.
  func deliver(_ pipe: TunnelPipe, _ token: TunnelToken) {
    guard let found = waiting.withLock({ $0.removeValue(forKey: token) }),
      case .enqueued = found.arrival.yield(pipe)
    else { return pipe.close() }
    found.arrival.finish()
  }

  /// Answers requests to open a tunnel at `path`, which ends with `:token`.
  ///
  /// - Parameter check: looks at the caller first.
  public func addRoute(
    to router: Router<PeerRequestContext>, at path: RouterPath,
    _ check: @escaping @Sendable (NodeIdentity) throws -> Void = { _ in }
  ) {
    router.post(path) { [self] request, context -> Response in
      let node = try context.requireNode()
      try check(node)
      let token = context.parameters.get("token").flatMap { TunnelToken($0) }
      try self.check(token, from: node)
      guard let token else { throw ProblemDocument.notExpected }
      return try Response.tunnel(for: request, in: context) { [self] pipe in
        deliver(pipe, token)
        await pipe.closed()
      }
    }
  }
}

extension ProblemCode {
  /// Nobody waits for the tunnel that was to be opened: the token is wrong, used, or too old.
  public static let tunnelNotExpected = Self(rawValue: "tunnel-not-expected")
  /// Who was asked to open a tunnel did not come.
  public static let calledInVain = Self(rawValue: "called-in-vain")
}

extension ProblemDocument {
  static let notExpected = ProblemDocument(
    .tunnelNotExpected, status: 403, title: "Nobody waits for this tunnel",
    detail: "The token is of no tunnel that is waited for from this node.",
    remedy: "Wait to be called again.")

  public static func calledInVain(_ node: NodeIdentity) -> ProblemDocument {
    ProblemDocument(
      .calledInVain, status: 504, title: "It did not come",
      detail: "\(node) was called and did not connect in time.",
      remedy: "Try again later, or get the file elsewhere.")
  }
}
