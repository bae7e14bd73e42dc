import NIOCore

/// The end of a connection that has become a tunnel. What comes is held, and no more is read, until
/// whoever uses the tunnel has put its handlers behind this one.
final class TunnelEnd: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Behind HTTP: the way around it. Nil where there is nothing in between.
  private let valve: TunnelValve?
  private var context: ChannelHandlerContext?
  private var held: [ByteBuffer]
  private var isOpen = false
  private var isReadWanted = false

  /// - Parameter held: what came together with the answer that began the tunnel.
  init(beyond valve: TunnelValve? = nil, holding held: [ByteBuffer] = []) {
    self.valve = valve
    self.held = held
  }

  /// Lets through what was held and what comes.
  func open() {
    guard !isOpen, let context else { return }
    isOpen = true
    let first = held
    held = []
    for buffer in first { context.fireChannelRead(wrapInboundOut(buffer)) }
    if !first.isEmpty { context.fireChannelReadComplete() }
    if isReadWanted || first.isEmpty { outward?.read() }
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  /// Where what is sent goes on.
  private var outward: ChannelHandlerContext? { valve.map(\.context) ?? context }

  // MARK: What comes

  func received(_ buffer: ByteBuffer) {
    if isOpen { context?.fireChannelRead(wrapInboundOut(buffer)) } else { held.append(buffer) }
  }

  func receivedAll() {
    if isOpen { context?.fireChannelReadComplete() }
  }

  func inputEnded() {
    context?.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
  }

  func channelEnded() { context?.fireChannelInactive() }

  func failed(_ error: any Error) { context?.fireErrorCaught(error) }

  // Behind HTTP these come from the valve, and what HTTP says means nothing here.

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if valve == nil { received(unwrapInboundIn(data)) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if valve == nil { receivedAll() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard valve != nil, case .inputClosed? = event as? ChannelEvent else {
      context.fireUserInboundEventTriggered(event)
      return
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if valve == nil { channelEnded() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if valve == nil { failed(error) }
  }

  // MARK: What goes

  func read(context: ChannelHandlerContext) {
    if isOpen { outward?.read() } else { isReadWanted = true }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard let outward else {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    outward.write(data, promise: promise)
  }

  func flush(context: ChannelHandlerContext) { outward?.flush() }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard let outward else {
      context.close(mode: mode, promise: promise)
      return
    }
    outward.close(mode: mode, promise: promise)
  }
}
