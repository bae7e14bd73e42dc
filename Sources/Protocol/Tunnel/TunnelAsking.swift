import NIOCore

/// Waits at a client's connection for the answer to a request for a tunnel, and then leaves the
/// connection to a ``TunnelEnd`` behind it.
final class TunnelAsking: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private var answer = TunnelAnswer()
  private var promise: EventLoopPromise<Void>?

  /// - Parameter promise: succeeds with the tunnel; fails with ``ProblemDocument``,
  ///   ``TunnelAnswer/Unintelligible`` or what ended the connection.
  init(_ promise: EventLoopPromise<Void>) {
    self.promise = promise
  }

  static func request(_ path: String, body: [UInt8] = []) -> ByteBuffer {
    let head =
      "POST \(path) HTTP/1.1\r\nHost: nearfind\r\nConnection: Upgrade\r\n"
      + "Upgrade: \(TunnelProtocol.name)\r\nContent-Length: \(body.count)\r\n\r\n"
    return ByteBuffer(bytes: Array(head.utf8) + body)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard promise != nil else {
      context.fireChannelRead(data)
      return
    }
    do {
      switch try answer.append(unwrapInboundIn(data)) {
      case .opened(let rest)?:
        let end = TunnelEnd(holding: rest.readableBytes > 0 ? [rest] : [])
        try context.pipeline.syncOperations.addHandler(end)
        complete(.success(()))
      case .refused(let problem)?: complete(.failure(problem))
      case nil: break
      }
    } catch {
      complete(.failure(error))
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    complete(.failure(error))
    context.fireErrorCaught(error)
  }

  func channelInactive(context: ChannelHandlerContext) {
    complete(.failure(ChannelError.eof))
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    complete(.failure(ChannelError.eof))
  }

  private func complete(_ result: Result<Void, any Error>) {
    promise?.completeWith(result)
    promise = nil
  }
}
