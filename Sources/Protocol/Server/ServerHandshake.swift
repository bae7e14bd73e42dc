import NIOCore
import NIOSSL

/// The server's side of a TLS handshake: finds out whom the client's certificate is of.
///
/// No certificate ends the handshake, and neither does the lack of one: the first request is answered
/// with what is wrong, and that ends the connection. An alert of TLS could not say it, and in TLS 1.3
/// the client loses even the alert when its request meets the closed connection.
struct ServerHandshake: Sendable {
  let store: CredentialStore
  let connection: ServerConnection

  func makeHandler() -> NIOSSLServerHandler {
    let snapshot = store.current
    let verifier = snapshot.verifier
    return NIOSSLServerHandler(
      context: snapshot.serverContext,
      customVerificationCallback: { [connection] certificates, promise in
        connection.handshakeShowed(Self.check(TLS.der(of: certificates), verifier))
        promise.succeed(.certificateVerified)
      }, configuration: .init())
  }

  /// A session that was taken up again shows its certificate without a new check.
  func completed(context: ChannelHandlerContext) {
    // Asked of a pipeline with a tunnel in it, it would be the certificate of who opened that.
    guard !connection.isTunnel, connection.certificate == nil,
      let shown = try? context.pipeline.syncOperations.nioSSL_peerCertificate()
    else { return }
    connection.handshakeShowed(Self.check(TLS.der(of: [shown]), store.current.verifier))
  }

  private static func check(
    _ chain: [[UInt8]], _ verifier: CertificateVerifier
  ) -> Result<PeerCertificate, CertificateProblem> {
    do throws(CertificateProblem) {
      return .success(try verifier.certificate(from: chain))
    } catch {
      return .failure(error)
    }
  }
}
