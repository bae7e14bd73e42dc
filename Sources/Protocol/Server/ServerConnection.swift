import Foundation
import NIOCore
import Synchronization

/// An accepted connection, as the handlers see it.
public final class ServerConnection: Sendable {
  /// Nil on a Unix socket and in a tunnel.
  public let remoteAddress: SocketAddress?
  /// What ``ServerSetup/observeAccepted`` returned.
  public let note: (any Sendable)?
  /// The user of this machine at the other end of a Unix socket; nil on a network.
  public let userID: UInt32?

  /// Whether it came through a tunnel: then whence is not known here.
  public let isTunnel: Bool

  private let offer = Mutex<(@Sendable (TunnelPipe) async -> Void)?>(nil)
  private let certificateState = Mutex<Result<PeerCertificate, CertificateProblem>>(
    .failure(.missing))

  init(
    remoteAddress: SocketAddress?, note: (any Sendable)?, userID: UInt32?, isTunnel: Bool = false
  ) {
    self.remoteAddress = remoteAddress
    self.note = note
    self.userID = userID
    self.isTunnel = isTunnel
  }

  /// The certificate that was shown in the handshake; nil if none was.
  public var certificate: PeerCertificate? { try? certificateState.withLock { $0 }.get() }

  func handshakeShowed(_ result: Result<PeerCertificate, CertificateProblem>) {
    certificateState.withLock { $0 = result }
  }

  /// The connection is to become a tunnel with the answer to the request in hand.
  func offerTunnel(_ serve: @escaping @Sendable (TunnelPipe) async -> Void) {
    offer.withLock { $0 = serve }
  }

  func takeTunnelOffer() -> (@Sendable (TunnelPipe) async -> Void)? {
    offer.withLock { $0.take() }
  }

  /// Who it is now: a certificate can expire or be revoked while the connection is open.
  func caller(
    at time: Date, revocations: RevocationList, accepting accepted: ExpectedPeer
  ) throws(CertificateProblem) -> Caller {
    if let userID { return .localUser(userID) }
    switch certificateState.withLock({ $0 }) {
    case .success(let certificate):
      if let problem = certificate.problem(
        at: time, revocations: revocations, expecting: accepted)
      {
        throw problem
      }
      return .peer(certificate.identity)
    case .failure(.missing): return .stranger
    case .failure(let problem): throw problem
    }
  }
}

/// Who sent a request.
public enum Caller: Hashable, Sendable {
  case peer(PeerIdentity)
  /// Somebody without a certificate, on one of the open paths.
  case stranger
  /// The user of this machine that runs this process, by number.
  case localUser(UInt32)
}
