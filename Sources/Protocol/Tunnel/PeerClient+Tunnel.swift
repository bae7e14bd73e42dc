import Foundation
import NIOCore
import NIOPosix
import Synchronization

extension PeerClient {
  /// Opens a tunnel: a connection of its own, on which one request is sent, and which is a pipe once it
  /// is answered.
  ///
  /// - Parameters:
  ///   - path: of a route that answers with a tunnel.
  ///   - limit: from the end of the handshake to the answer.
  /// - Throws: ``ProblemDocument`` for a refusal, ``PeerClientError``, `CancellationError`.
  public func openTunnel(
    _ path: String, at destination: PeerDestination, expecting expected: ExpectedPeer,
    within limit: Duration
  ) async throws -> TunnelPipe {
    guard !isShutDown else { throw PeerClientError.shutDown }
    guard case .network(let host, let port) = destination,
      let handshake = try handshake(with: destination, expecting: expected).0
    else {
      throw PeerClientError.unreachable(
        destination, reason: "a tunnel begins with a connection over the network")
    }
    let finding = FindingBox()
    let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
    let ready = eventLoop.makePromise(of: Void.self)
    let answered = eventLoop.makePromise(of: Void.self)
    let channel: any Channel
    do {
      channel =
        try await ClientBootstrap(group: eventLoop)
        .connectTimeout(.nanoseconds(Int64(limits.connecting.nanoseconds)))
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(handshake.makeHandler(leaving: finding))
            try pipeline.addHandler(HandshakeHandler(ready))
            try pipeline.addHandler(TunnelAsking(answered))
          }
        }
        .connect(host: host, port: port).get()
    } catch {
      ready.fail(error)
      answered.fail(error)
      throw ClientConnection.failure(connecting: error, to: destination)
    }
    do {
      try await withTaskCancellationHandler {
        try await Self.wait(
          for: ready.futureResult, on: channel, limits.handshake, destination, .handshake)
      } onCancel: {
        channel.close(promise: nil)
      }
    } catch {
      channel.close(promise: nil)
      throw ClientConnection.failure(shakingHands: error, with: destination, finding)
    }
    observe(destination, path)
    do {
      try await withTaskCancellationHandler {
        channel.writeAndFlush(TunnelAsking.request(path), promise: nil)
        try await Self.wait(
          for: answered.futureResult, on: channel, limit, destination, .answer)
      } onCancel: {
        channel.close(promise: nil)
      }
      return TunnelPipe(channel)
    } catch {
      channel.close(promise: nil)
      throw Self.failure(asking: error, at: destination)
    }
  }

  /// Sees to it that a connection is there for the next request.
  ///
  /// - Throws: ``PeerClientError``, `CancellationError`; over a ``TunnelWay`` also what that throws.
  public func connect(
    to destination: PeerDestination, expecting expected: ExpectedPeer
  ) async throws {
    let (connection, _) = try await connection(to: destination, expecting: expected)
    keep(connection)
  }

  /// Finds out whether a peer can be connected to, and is who is meant.
  ///
  /// - Throws: as ``connect(to:expecting:)``.
  func probe(_ destination: PeerDestination, expecting expected: ExpectedPeer) async throws {
    let (handshake, generation) = try handshake(with: destination, expecting: expected)
    try await ClientConnection.open(
      destination, handshake: handshake, generation: generation, limits: limits
    ).abort()
  }

  /// Closes the channel when the limit is reached.
  private static func wait(
    for future: EventLoopFuture<Void>, on channel: any Channel, _ limit: Duration,
    _ destination: PeerDestination, _ stage: PeerClientError.Stage
  ) async throws {
    let hasTimedOut = Mutex(false)
    let alarm = channel.eventLoop.scheduleTask(in: .nanoseconds(Int64(limit.nanoseconds))) {
      hasTimedOut.withLock { $0 = true }
      channel.close(promise: nil)
    }
    defer { alarm.cancel() }
    do {
      try await future.get()
    } catch {
      throw hasTimedOut.withLock { $0 } ? PeerClientError.timedOut(destination, stage) : error
    }
  }

  private static func failure(
    asking error: any Error, at destination: PeerDestination
  ) -> any Error {
    if Task.isCancelled { return CancellationError() }
    switch error {
    case is ProblemDocument, is PeerClientError: return error
    case let error as TunnelAnswer.Unintelligible:
      return PeerClientError.unintelligible(destination, reason: "\(error.reason).")
    default:
      return ClientConnection.isRefusalByTLS(error)
        ? PeerClientError.handshakeRefused(destination)
        : PeerClientError.connectionLost(destination)
    }
  }
}
