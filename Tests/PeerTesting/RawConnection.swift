import Foundation
public import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport

@testable public import Protocol

/// A connection that sends whatever a test likes, encrypted or not.
public final class RawConnection: Sendable {
  public let channel: any Channel

  private init(channel: any Channel, received: ReceivedBytes) {
    self.channel = channel
    self.box = received
  }

  private let box: ReceivedBytes

  /// What came.
  public var text: String { String(decoding: box.bytes.withLock { $0 }, as: UTF8.self) }

  /// Without TLS.
  ///
  /// - Parameter source: the address of this machine that it comes from; nil leaves it to the system.
  public static func open(port: Int, from source: String? = nil) async throws -> RawConnection {
    let box = ReceivedBytes()
    var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    if let source { bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: source, port: 0)) }
    let channel =
      try await bootstrap
      .connectTimeout(.seconds(60))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ReceivingHandler(box))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    return RawConnection(channel: channel, received: box)
  }

  /// With TLS, showing `credentials`.
  public static func open(
    port: Int, credentials: PeerCredentials
  ) async throws -> RawConnection {
    let box = ReceivedBytes()
    let handshake = ClientHandshake(
      context: try TLS.clientContext(credentials), check: .discovery(pin: nil), expected: .anyone,
      revocations: .init(), now: Date())
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let ready = loop.makePromise(of: Void.self)
    let channel: any Channel
    do {
      channel = try await ClientBootstrap(group: loop)
        .connectTimeout(.seconds(60))
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(handshake.makeHandler(leaving: FindingBox()))
            try pipeline.addHandler(HandshakeHandler(ready))
            try pipeline.addHandler(ReceivingHandler(box))
          }
        }
        .connect(host: "127.0.0.1", port: port).get()
    } catch {
      ready.fail(error)
      throw error
    }
    try await ready.futureResult.get()
    return RawConnection(channel: channel, received: box)
  }

  /// What cannot be sent because the other side is gone is no matter.
  public func send(_ bytes: [UInt8]) async {
    try? await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
  }

  /// As above, in UTF-8.
  public func send(_ text: String) async {
    await send(Array(text.utf8))
  }

  /// Returns at once.
  public func close() {
    channel.close(promise: nil)
  }

  /// Returns when the other side has closed the connection.
  public func closed() async throws {
    try await wait(until: "the connection to be closed") { !self.channel.isActive }
  }
}

private final class ReceivedBytes: Sendable {
  let bytes = Mutex<[UInt8]>([])
}

private final class ReceivingHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let box: ReceivedBytes

  init(_ box: ReceivedBytes) {
    self.box = box
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    box.bytes.withLock { $0.append(contentsOf: buffer.readableBytesView) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
