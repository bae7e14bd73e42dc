import Foundation
import NIOCore
import NIOSSL
import NIOTLS

/// The client's side of a TLS handshake: whom it means and how it checks.
struct ClientHandshake: Sendable {
  let context: NIOSSLContext
  let check: ServerCheck
  let expected: ExpectedPeer
  let revocations: RevocationList
  let now: Date

  func makeHandler(leaving finding: FindingBox) throws -> NIOSSLClientHandler {
    try NIOSSLClientHandler(
      context: context, serverHostname: nil,
      customVerificationCallback: { certificates, promise in
        do throws(CertificateProblem) {
          let found = try check.finding(of: TLS.der(of: certificates))
          if let problem = found.certificate.problem(
            at: now, revocations: revocations, expecting: expected)
          {
            throw problem
          }
          finding.set(.success(found))
          promise.succeed(.certificateVerified)
        } catch {
          finding.set(.failure(error))
          promise.succeed(.failed)
        }
      }, configuration: .init())
  }
}

/// Completes a promise when the handshake is over, well or not.
final class HandshakeHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private var promise: EventLoopPromise<Void>?

  init(_ promise: EventLoopPromise<Void>) {
    self.promise = promise
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent { complete(.success(())) }
    context.fireUserInboundEventTriggered(event)
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
