import Glibc
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
import NIOSSL
import Synchronization

/// Lets connections in or turns them away, builds their pipelines and serves them.
final class Acceptor: Sendable {
  private struct Connections {
    var counts: ConnectionCounts
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isDraining = false
  }

  /// Why a connection is closed before anything is read from it.
  private enum Refusal: Error {
    case draining
    case counted(ConnectionCounts.Refusal)
    case otherUser(UInt32)
  }

  private let setup: ServerSetup
  private let responder: PeerResponder
  private let logger: Logger
  private let connections: Mutex<Connections>
  /// Nothing waits while it is held.
  private let tally = Mutex(ConnectionTally())

  init(setup: ServerSetup, responder: PeerResponder, logger: Logger) {
    self.setup = setup
    self.responder = responder
    self.logger = logger
    connections = Mutex(
      Connections(
        counts: ConnectionCounts(
          total: setup.limits.connections, perAddress: setup.limits.connectionsPerAddress)))
  }

  var connectionCount: Int { connections.withLock { $0.counts.count } }

  /// Takes no more connections, and tells the open ones to end after the request in hand.
  /// - Returns: the open ones.
  func drain() -> [any Channel] {
    responder.drain()
    let open = connections.withLock { connections in
      connections.isDraining = true
      return Array(connections.channels.values)
    }
    for channel in open {
      channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
    return open
  }

  /// Serves what ``accept(_:)`` lets in, until the listening channel is closed and all are done.
  func serve(_ listening: Listener.Channel) async {
    await withDiscardingTaskGroup { group in
      do {
        try await listening.executeThenClose { accepted in
          for try await connection in accepted {
            guard let connection else { continue }
            group.addTask { [logger] in await connection.serve(logger: logger) }
          }
        }
      } catch {
        logger.error("Listening ended", metadata: ["error": "\(error)"])
      }
    }
  }

  /// Called on the event loop of `channel` for each accepted connection.
  /// - Returns: nil, with the channel closed, for one that is turned away.
  func accept(_ channel: any Channel) -> EventLoopFuture<AcceptedConnection?> {
    let address = AddressKey.text(of: channel.remoteAddress)
    do {
      try admit(channel, address: address)
    } catch {
      tell(of: error, at: address)
      channel.close(promise: nil)
      return channel.eventLoop.makeSucceededFuture(nil)
    }
    return userID(of: channel).flatMap { [setup] userID in
      setup.observeAccepted(channel).map { (userID, $0) }
    }.flatMap { userID, note in
      self.build(
        channel,
        ServerConnection(remoteAddress: channel.remoteAddress, note: note, userID: userID))
    }.flatMapError { [logger] error in
      logger.info("Turned a connection away", metadata: ["reason": "\(error)"])
      channel.close(promise: nil)
      return channel.eventLoop.makeSucceededFuture(nil)
    }
  }

  /// Serves who speaks through a tunnel. Returns when that has ended.
  func serve(_ pipe: TunnelPipe) async {
    do {
      let built = try await pipe.attach { [self] channel in
        try admit(channel, address: nil)
        return build(
          channel,
          ServerConnection(remoteAddress: nil, note: nil, userID: nil, isTunnel: true))
      }
      try await built.get()?.serve(logger: logger)
    } catch {
      logger.info("Turned a tunnel away", metadata: ["reason": "\(error)"])
      pipe.close()
    }
  }

  private func tell(of refusal: Refusal, at address: String?) {
    switch refusal {
    case .counted(.tooMany): tell(of: .tooMany, at: address)
    case .counted(.tooManyFromAddress): tell(of: .tooManyFromAddress, at: address)
    case .draining, .otherUser:
      logger.info("Turned a connection away", metadata: ["reason": "\(refusal)"])
    }
  }

  private func tell(of trouble: ConnectionTally.Trouble, at address: String?) {
    let now = NIODeadline.now().uptimeNanoseconds
    guard let text = tally.withLock({ $0.note(trouble, at: now) }) else { return }
    logger.info(
      "Connections came to nothing",
      metadata: ["counts": "\(text)", "last": "\(address ?? "local")"])
  }

  private func admit(_ channel: any Channel, address: String?) throws(Refusal) {
    try connections.withLock { connections throws(Refusal) in
      if connections.isDraining { throw .draining }
      do throws(ConnectionCounts.Refusal) {
        try connections.counts.open(from: address)
      } catch {
        throw .counted(error)
      }
      connections.channels[ObjectIdentifier(channel)] = channel
    }
    channel.closeFuture.whenComplete { _ in
      self.connections.withLock { connections in
        connections.counts.close(from: address)
        connections.channels[ObjectIdentifier(channel)] = nil
      }
    }
  }

  /// Nil on a network; fails for another user than ours.
  private func userID(of channel: any Channel) -> EventLoopFuture<UInt32?> {
    guard case .sameUser = setup.admission else {
      return channel.eventLoop.makeSucceededFuture(nil)
    }
    return PeerUser.userID(of: channel).flatMapThrowing { userID in
      guard userID == geteuid() else { throw Refusal.otherUser(userID) }
      return userID
    }
  }

  private func build(
    _ channel: any Channel, _ connection: ServerConnection
  ) -> EventLoopFuture<AcceptedConnection?> {
    let limits = setup.limits
    let isEncrypted = if case .certificates = setup.admission { true } else { false }
    let name = AddressKey.text(of: connection.remoteAddress) ?? "local"
    let watch = ConnectionWatch(
      channel: channel, limits: limits.times, isEncrypted: isEncrypted
    ) { [logger] ending in
      logger.debug("Closed a connection", metadata: ["peer": "\(name)", "limit": "\(ending)"])
      switch ending {
      case .handshake, .lostInHandshake: self.tell(of: .noHandshake, at: name)
      case .head, .body, .stalledWrite, .rest: self.tell(of: .tooSlow, at: name)
      // That is how connections end.
      case .idle: break
      }
    }
    let boundWatch = NIOLoopBound(watch, eventLoop: channel.eventLoop)
    let valve = TunnelValve()
    let boundValve = NIOLoopBound(valve, eventLoop: channel.eventLoop)
    var configuration = HTTP1Channel.Configuration(
      additionalChannelHandlers: [
        MessageWatchHandler(boundWatch.value, valve: boundValve.value)
      ])
    configuration.httpDecoder = .init(
      maxHeaderFieldSize: limits.headByteCount, maxHeaderListSize: limits.headByteCount,
      maxHeaderFieldCount: limits.headFieldCount)
    let http = HTTP1Channel(
      responder: { [responder] request, writer, channel in
        try await responder.respond(
          to: request, connection: connection, writer: writer, channel: channel)
      }, configuration: configuration)
    do {
      let pipeline = channel.pipeline.syncOperations
      if case .certificates(let store, _) = setup.admission {
        let handshake = ServerHandshake(store: store, connection: connection)
        try pipeline.addHandler(handshake.makeHandler())
        try pipeline.addHandler(
          ByteWatchHandler(watch) { handshake.completed(context: $0) })
      } else {
        try pipeline.addHandler(ByteWatchHandler(watch) { _ in })
      }
      try pipeline.addHandler(valve)
    } catch {
      return channel.eventLoop.makeFailedFuture(error)
    }
    return http.setup(channel: channel, logger: logger).map {
      AcceptedConnection(http: http, messages: $0)
    }
  }
}
