import NIOCore
import NIOSSL

/// The server's side of a TLS handshake: takes or refuses what the client shows.
///
/// Where a certificate is required, one that the authority did not sign ends the handshake. What is
/// only expired, revoked or of the wrong peer does not: the first request is answered with what is
/// wrong, which an alert of TLS could not say.
struct ServerHandshake: Sendable {
  let store: CredentialStore
  let isRequired: Bool
  let connection: ServerConnection

  func makeHandler() -> NIOSSLServerHandler {
    let snapshot = store.current
    let verifier = snapshot.verifier
    return NIOSSLServerHandler(
      context: isRequired ? snapshot.serverContext : snapshot.openServerContext,
      customVerificationCallback: { [connection, isRequired] certificates, promise in
        let result = Self.check(TLS.der(of: certificates), verifier)
        connection.handshakeShowed(result)
        if case .failure = result, isRequired {
          promise.succeed(.failed)
        } else {
          promise.succeed(.certificateVerified)
        }
      })
  }

  /// A session that was taken up again shows its certificate without a new check.
  func completed(context: ChannelHandlerContext) {
    guard connection.certificate == nil,
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
