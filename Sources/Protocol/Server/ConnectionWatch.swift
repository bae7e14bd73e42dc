import NIOCore
import NIOHTTPTypes
import NIOTLS

/// Runs a ``ConnectionClock`` beside a connection and closes it when the time is up. Belongs to the
/// channel's event loop; two handlers feed it, one that sees bytes and one that sees messages.
final class ConnectionWatch {
  /// Bytes of an unwanted body that are read for the sake of an answer that may still be on its way.
  private static let toleratedRest = 256 * 1024

  private var clock: ConnectionClock
  private let channel: any Channel
  private let onExpiry: (ConnectionClock.Expiry) -> Void
  private var isOver = false
  private var alarm: Scheduled<Void>?
  private var alarmTime = UInt64.max
  private var restByteCount = 0
  private var isInRest = false
  /// Whether the connection is to end with the answer in hand.
  var endsAfterAnswer = false

  init(
    channel: any Channel, limits: TimeLimits, isEncrypted: Bool,
    onExpiry: @escaping (ConnectionClock.Expiry) -> Void
  ) {
    self.channel = channel
    self.onExpiry = onExpiry
    clock = ConnectionClock(limits: limits, isEncrypted: isEncrypted, now: Self.now)
    setAlarm()
  }

  func update(_ change: (inout ConnectionClock, UInt64) -> Void) {
    change(&clock, Self.now)
    setAlarm()
  }

  func bodyCame(byteCount: Int) {
    guard isInRest else { return }
    restByteCount += byteCount
    if restByteCount > Self.toleratedRest { expire(.rest) }
  }

  func headCame() {
    isInRest = false
    update { $0.headEnded(at: $1) }
  }

  func bodyEnded() {
    update { $0.bodyEnded(at: $1) }
    if isInRest, endsAfterAnswer { channel.close(promise: nil) }
  }

  func tunnelBegan() {
    update { $0.tunnelBegan(at: $1) }
  }

  /// - Returns: whether to close the connection once the answer is written. While a body is still
  ///   coming it stays open for some more: closed at once, the answer could be lost with it.
  func answerEnded() -> Bool {
    restByteCount = 0
    update { isInRest = $0.answerEnded(at: $1) }
    return endsAfterAnswer && !isInRest
  }

  func stop() {
    alarm?.cancel()
    alarm = nil
  }

  /// The connection is gone, whoever ended it.
  func ended() {
    stop()
    if !isOver, clock.isInHandshake { onExpiry(.lostInHandshake) }
    isOver = true
  }

  private static var now: UInt64 { NIODeadline.now().uptimeNanoseconds }

  private func setAlarm() {
    // An alarm that is too early looks again; only one that would be too late must be replaced.
    guard let (time, _) = clock.deadline, time < alarmTime else { return }
    alarm?.cancel()
    alarmTime = time
    alarm = channel.eventLoop.assumeIsolated().scheduleTask(
      deadline: .uptimeNanoseconds(time)
    ) { [weak self] in self?.ring() }
  }

  private func ring() {
    alarm = nil
    alarmTime = .max
    guard let (time, expiry) = clock.deadline else { return }
    if time <= Self.now {
      expire(expiry)
    } else {
      setAlarm()
    }
  }

  private func expire(_ expiry: ConnectionClock.Expiry) {
    stop()
    isOver = true
    onExpiry(expiry)
    channel.close(promise: nil)
  }
}

/// Tells the watch of bytes, of the wish for bytes, and of the handshake.
final class ByteWatchHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer

  private let watch: ConnectionWatch
  private let onHandshake: (ChannelHandlerContext) -> Void

  init(_ watch: ConnectionWatch, onHandshake: @escaping (ChannelHandlerContext) -> Void) {
    self.watch = watch
    self.onHandshake = onHandshake
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    watch.update { $0.bytesCame(at: $1) }
    context.fireChannelRead(data)
  }

  func read(context: ChannelHandlerContext) {
    watch.update { $0.readWanted(at: $1) }
    context.read()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    let isWritable = context.channel.isWritable
    watch.update { $0.writabilityChanged(isWritable, at: $1) }
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent {
      onHandshake(context)
      watch.update { $0.handshakeEnded(at: $1) }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    watch.ended()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    watch.stop()
  }
}

/// Tells the watch where requests and answers begin and end, and the valve where a tunnel begins.
final class MessageWatchHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let watch: ConnectionWatch
  private let valve: TunnelValve
  private var beginsTunnel = false

  init(_ watch: ConnectionWatch, valve: TunnelValve) {
    self.watch = watch
    self.valve = valve
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: watch.headCame()
    case .body(let buffer): watch.bodyCame(byteCount: buffer.readableBytes)
    case .end: watch.bodyEnded()
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head): beginsTunnel = head.status == .switchingProtocols
    case .end where beginsTunnel:
      context.write(data, promise: promise)
      beginTunnel(context)
      return
    case .end where watch.answerEnded():
      closeOnceWritten(data, context, promise)
      return
    case .body, .end: break
    }
    context.write(data, promise: promise)
  }

  /// In the same turn as the end of the answer: the peer's next byte may follow at once.
  private func beginTunnel(_ context: ChannelHandlerContext) {
    watch.tunnelBegan()
    do { try valve.divert() } catch { context.close(promise: nil) }
  }

  private func closeOnceWritten(
    _ data: NIOAny, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
  ) {
    let written = promise ?? context.eventLoop.makePromise()
    let channel = context.channel
    written.futureResult.whenComplete { _ in channel.close(promise: nil) }
    context.write(data, promise: written)
  }

  func triggerUserOutboundEvent(
    context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
  ) {
    guard event is EndAfterAnswer else {
      context.triggerUserOutboundEvent(event, promise: promise)
      return
    }
    watch.endsAfterAnswer = true
    promise?.succeed()
  }
}

/// Sent down a pipeline: the connection is to end with the answer to the request in hand.
struct EndAfterAnswer: Sendable {}
