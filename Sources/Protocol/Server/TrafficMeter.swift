import NIOCore
import Synchronization

/// Counts the bytes that connections carry, as the network sees them: encryption, heads and all.
public final class TrafficMeter: Sendable {
  private let bytes = Atomic<Int>(0)

  public init() {}

  /// In both directions, since the meter was made.
  public var byteCount: Int { bytes.load(ordering: .relaxed) }

  /// Has the connections that a server will accept counted.
  public func watch(_ setup: inout ServerSetup) {
    let observe = setup.observeAccepted
    setup.observeAccepted = { [self] channel in
      do {
        // First in the pipeline: before encryption.
        try channel.pipeline.syncOperations.addHandler(MeteringHandler(self), position: .first)
      } catch {
        return channel.eventLoop.makeFailedFuture(error)
      }
      return observe(channel)
    }
  }

  fileprivate func add(_ count: Int) {
    bytes.wrappingAdd(count, ordering: .relaxed)
  }
}

private final class MeteringHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer

  private let meter: TrafficMeter

  init(_ meter: TrafficMeter) {
    self.meter = meter
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    meter.add(unwrapInboundIn(data).readableBytes)
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    meter.add(unwrapOutboundIn(data).readableBytes)
    context.write(data, promise: promise)
  }
}
