import NIOCore

/// Stands between encryption and HTTP on a server's connection. Once the answer has passed that turns
/// the connection into a tunnel, it leads the bytes around HTTP, to and from a ``TunnelEnd`` at the
/// pipeline's end: NIO has no way to take the handlers between them out.
final class TunnelValve: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Nil outside of the pipeline.
  private(set) var context: ChannelHandlerContext?
  /// Nil as long as the connection speaks HTTP.
  private var end: TunnelEnd?

  /// Whatever comes from now on belongs to the tunnel. To be called when the last byte of HTTP's
  /// answer has been written.
  func divert() throws {
    guard end == nil, let context else { return }
    let end = TunnelEnd(beyond: self)
    try context.pipeline.syncOperations.addHandler(end)
    self.end = end
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    end = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if let end { end.received(unwrapInboundIn(data)) } else { context.fireChannelRead(data) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if let end { end.receivedAll() } else { context.fireChannelReadComplete() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let end, case .inputClosed? = event as? ChannelEvent {
      end.inputEnded()
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    // The handlers between do not all pass this on.
    end?.channelEnded()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end?.failed(error)
    context.fireErrorCaught(error)
  }

  // What HTTP still wants counts for nothing.

  func read(context: ChannelHandlerContext) {
    if end == nil { context.read() }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if end == nil {
      context.write(data, promise: promise)
    } else {
      promise?.fail(ChannelError.outputClosed)
    }
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    if end == nil || mode == .all {
      context.close(mode: mode, promise: promise)
    } else {
      promise?.succeed()
    }
  }
}
