import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// One connection of a client: one request at a time, as many as both sides like.
///
/// A task of its own owns the channel; a request is a job that it is given, because the channel's
/// reader may not pass from task to task.
final class ClientConnection: Sendable {
  typealias Messages = NIOAsyncChannel<HTTPResponsePart, HTTPRequestPart>
  typealias Inbound = NIOAsyncChannelInboundStream<HTTPResponsePart>
  typealias Outbound = NIOAsyncChannelOutboundWriter<HTTPRequestPart>

  struct Job: Sendable {
    /// Returns whether the connection can take another request.
    let run: @Sendable (inout Inbound.AsyncIterator, Outbound) async -> Bool
    let abandon: @Sendable () -> Void
  }

  private struct State {
    var waiting: Job?
    var isEnded = false
    var task: Task<Void, Never>?
  }

  let channel: any Channel
  let destination: PeerDestination
  /// Of the connection's own credentials, to know it from ones made after a renewal.
  let generation: UInt64
  let finding: FindingBox
  private let state = Mutex(State())
  private let signals: AsyncStream<Void>.Continuation
  private let timedOut = Mutex(false)
  private let producerError = Mutex<(any Error)?>(nil)

  init(
    _ messages: Messages, destination: PeerDestination, generation: UInt64, finding: FindingBox
  ) {
    channel = messages.channel
    self.destination = destination
    self.generation = generation
    self.finding = finding
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    signals = continuation
    channel.closeFuture.whenComplete { _ in continuation.finish() }
    let task = Task { await self.serve(messages, stream) }
    state.withLock { $0.task = task }
  }

  var isOpen: Bool { channel.isActive && !state.withLock { $0.isEnded } }

  var hasTimedOut: Bool { timedOut.withLock { $0 } }

  /// What the maker of the request threw, if it did.
  var requestFailure: (any Error)? { producerError.withLock { $0 } }

  func requestFailed(_ error: any Error) {
    producerError.withLock { $0 = error }
    channel.close(promise: nil)
  }

  /// Ends the connection and what goes on in it.
  func abort() {
    state.withLock { $0.task }?.cancel()
    channel.close(promise: nil)
  }

  /// Hands a job over; abandons it if the connection has ended.
  func submit(_ job: Job) {
    let isEnded = state.withLock { state in
      if !state.isEnded { state.waiting = job }
      return state.isEnded
    }
    if isEnded { job.abandon() } else { signals.yield() }
  }

  /// Runs `operation`, and closes the channel when it takes longer.
  func within<Value>(
    _ limit: Duration, isolation: isolated (any Actor)? = #isolation,
    _ operation: () async throws -> Value
  ) async rethrows -> Value {
    let alarm = closeOnTimeout(after: limit)
    defer { alarm.cancel() }
    return try await operation()
  }

  func closeOnTimeout(after limit: Duration) -> Scheduled<Void> {
    channel.eventLoop.scheduleTask(in: .nanoseconds(Int64(limit.nanoseconds))) {
      self.timedOut.withLock { $0 = true }
      self.channel.close(promise: nil)
    }
  }

  private func serve(_ messages: Messages, _ signals: AsyncStream<Void>) async {
    // What goes wrong in a job is told to who waits for it.
    try? await messages.executeThenClose { inbound, outbound in
      var iterator = inbound.makeAsyncIterator()
      for await _ in signals {
        guard let job = state.withLock({ $0.waiting.take() }) else { continue }
        guard await job.run(&iterator, outbound) else { break }
      }
    }
    let unserved = state.withLock { state in
      state.isEnded = true
      return state.waiting.take()
    }
    unserved?.abandon()
  }
}

extension ClientConnection {
  /// - Parameter handshake: nil on a Unix socket.
  static func open(
    _ destination: PeerDestination, handshake: ClientHandshake?, generation: UInt64,
    limits: ClientLimits
  ) async throws -> ClientConnection {
    let finding = FindingBox()
    let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
    let ready = eventLoop.makePromise(of: Void.self)
    let bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(.nanoseconds(Int64(limits.connecting.nanoseconds)))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
    let messages: Messages
    do {
      let build: @Sendable (any Channel) -> EventLoopFuture<Messages> = { channel in
        channel.eventLoop.makeCompletedFuture {
          try Self.build(channel, handshake, finding, ready, limits)
        }
      }
      messages =
        switch destination {
        case .network(let host, let port):
          try await bootstrap.connect(host: host, port: port, channelInitializer: build)
        case .unixSocket(let path):
          try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: build)
        case .tunnel(let way):
          try await open(way, handshake, finding, ready, limits)
        }
    } catch {
      ready.fail(error)
      throw failure(connecting: error, to: destination)
    }
    let connection = ClientConnection(
      messages, destination: destination, generation: generation, finding: finding)
    do {
      try await withTaskCancellationHandler {
        try await connection.within(limits.handshake) { try await ready.futureResult.get() }
      } onCancel: {
        connection.abort()
      }
      return connection
    } catch {
      connection.abort()
      throw connection.failure(shakingHands: error)
    }
  }

  /// - Parameter ready: of any event loop.
  private static func open(
    _ way: TunnelWay, _ handshake: ClientHandshake?, _ finding: FindingBox,
    _ ready: EventLoopPromise<Void>, _ limits: ClientLimits
  ) async throws -> Messages {
    let pipe = try await way.open()
    do {
      return try await pipe.attach { channel in
        try build(channel, handshake, finding, ready, limits)
      }
    } catch is TunnelUse {
      throw PeerClientError.unreachable(.tunnel(way), reason: "the tunnel has ended")
    }
  }

  private static func build(
    _ channel: any Channel, _ handshake: ClientHandshake?, _ finding: FindingBox,
    _ ready: EventLoopPromise<Void>, _ limits: ClientLimits
  ) throws -> Messages {
    let pipeline = channel.pipeline.syncOperations
    if let handshake {
      try pipeline.addHandler(handshake.makeHandler(leaving: finding))
      try pipeline.addHandler(HandshakeHandler(ready))
    } else {
      ready.succeed()
    }
    var head = NIOHTTPDecoderLimitConfiguration()
    head.maxHeaderFieldSize = limits.headByteCount
    head.maxHeaderListSize = limits.headByteCount
    try pipeline.addHandler(HTTPRequestEncoder())
    try pipeline.addHandler(
      ByteToMessageHandler(
        HTTPResponseDecoder(
          leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop,
          limitConfiguration: head)))
    try pipeline.addHandler(HTTP1ToHTTPClientCodec())
    return try Messages(wrappingChannelSynchronously: channel)
  }

  static func failure(connecting error: any Error, to destination: PeerDestination)
    -> any Error
  {
    if Task.isCancelled { return CancellationError() }
    switch error {
    // Who opens a tunnel says itself what is wrong.
    case is PeerClientError, is ProblemDocument: return error
    case ChannelError.connectTimeout: return PeerClientError.timedOut(destination, .connecting)
    case let error as IOError:
      return PeerClientError.unreachable(
        destination, reason: String(cString: strerror(error.errnoCode)))
    case let error as NIOConnectionError:
      let reason = error.connectionErrors.first.map { attempt in
        (attempt.error as? IOError).map { String(cString: strerror($0.errnoCode)) }
          ?? "\(attempt.error)"
      }
      return PeerClientError.unreachable(destination, reason: reason ?? "no such name")
    default: return PeerClientError.unreachable(destination, reason: "\(error)")
    }
  }

  private func failure(shakingHands error: any Error) -> any Error {
    if Task.isCancelled { return CancellationError() }
    if hasTimedOut { return PeerClientError.timedOut(destination, .handshake) }
    return Self.failure(shakingHands: error, with: destination, finding)
  }

  static func failure(
    shakingHands error: any Error, with destination: PeerDestination, _ finding: FindingBox
  ) -> any Error {
    if Task.isCancelled { return CancellationError() }
    if let error = error as? PeerClientError { return error }
    if case .failure(let problem)? = finding.value {
      return PeerClientError.certificate(problem, at: destination)
    }
    return isRefusalByTLS(error)
      ? PeerClientError.handshakeRefused(destination)
      : PeerClientError.unreachable(destination, reason: "it closed the connection")
  }

  /// In TLS 1.3 a server says only after the handshake, at our first read, that it does not take
  /// our certificate.
  static func isRefusalByTLS(_ error: any Error) -> Bool {
    switch error {
    case NIOSSLError.uncleanShutdown: false
    case is NIOSSLError, is BoringSSLError: true
    default: false
    }
  }
}
