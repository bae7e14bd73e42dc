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
  ///   - message: what the request says beside its path; nil for nothing.
  ///   - limit: from the end of the handshake to the answer.
  /// - Throws: ``ProblemDocument`` for a refusal, ``PeerClientError``, `CancellationError`;
  ///   `EncodingError` for a number that JSON cannot hold.
  public func openTunnel(
    _ path: String, _ message: (any Encodable)? = nil, at destination: PeerDestination,
    expecting expected: ExpectedPeer, within limit: Duration
  ) async throws -> TunnelPipe {
    guard !isShutDown else { throw PeerClientError.shutDown }
    let request = TunnelAsking.request(
      path, body: try message.map { try BoundedJSON.encode($0) } ?? [])
    let opening = try await connectForTunnel(to: destination, expecting: expected)
    let channel = opening.channel
    do {
      try await withTaskCancellationHandler {
        try await Self.wait(
          for: opening.ready, on: channel, limits.handshake, destination, .handshake)
      } onCancel: {
        channel.close(promise: nil)
      }
    } catch {
      channel.close(promise: nil)
      throw ClientConnection.failure(shakingHands: error, with: destination, opening.finding)
    }
    observe(destination, path)
    do {
      try await withTaskCancellationHandler {
        channel.writeAndFlush(request, promise: nil)
        try await Self.wait(for: opening.answered, on: channel, limit, destination, .answer)
      } onCancel: {
        channel.close(promise: nil)
      }
      return TunnelPipe(channel)
    } catch {
      channel.close(promise: nil)
      throw Self.failure(asking: error, at: destination)
    }
  }

  private struct Opening {
    var channel: any Channel
    var finding: FindingBox
    var ready: EventLoopFuture<Void>
    var answered: EventLoopFuture<Void>
  }

  private func connectForTunnel(
    to destination: PeerDestination, expecting expected: ExpectedPeer
  ) async throws -> Opening {
    let (handshake, _) = try handshake(with: destination, expecting: expected)
    let finding = FindingBox()
    let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
    let ready = eventLoop.makePromise(of: Void.self)
    let answered = eventLoop.makePromise(of: Void.self)
    let bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(.nanoseconds(Int64(limits.connecting.nanoseconds)))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let handshake {
            try pipeline.addHandler(handshake.makeHandler(leaving: finding))
            try pipeline.addHandler(HandshakeHandler(ready))
          } else {
            ready.succeed()
          }
          try pipeline.addHandler(TunnelAsking(answered))
        }
      }
    do {
      let channel: any Channel
      switch destination {
      case .network(let host, let port):
        channel =
          try await bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
          .connect(host: host, port: port).get()
      case .unixSocket(let path):
        channel = try await bootstrap.connect(unixDomainSocketPath: path).get()
      case .tunnel:
        throw PeerClientError.unreachable(
          destination, reason: "there are no tunnels inside of tunnels")
      }
      return Opening(
        channel: channel, finding: finding, ready: ready.futureResult,
        answered: answered.futureResult)
    } catch {
      ready.fail(error)
      answered.fail(error)
      throw ClientConnection.failure(connecting: error, to: destination)
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
