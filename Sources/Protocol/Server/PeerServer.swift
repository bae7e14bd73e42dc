import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// A running HTTP/1.1 server, for peers over mutual TLS or for the programs of this machine's user.
///
/// Every request has a ``Caller`` before a handler sees it, and every refusal is a
/// ``ProblemDocument``. A handler's task is cancelled when who asked is gone.
public final class PeerServer: Sendable {
  /// Where it listens, with the port that was chosen if the setup named none.
  public let localAddress: SocketAddress?

  private let listener: any Channel
  private let acceptor: Acceptor
  private let socketPath: String?
  /// A Unix socket's server knows its callers by the kernel's word, which a tunnel does not carry.
  private let isForCertificates: Bool
  private let task: Task<Void, Never>

  /// Routes in which errors become answers. Add the handlers to it and hand it to
  /// ``start(_:router:logger:)``.
  public static func makeRouter() -> Router<PeerRequestContext> {
    let router = Router(context: PeerRequestContext.self)
    router.add(middleware: ProblemMiddleware())
    return router
  }

  /// Starts listening. Requests are answered from the return of this on, until ``shutDown(within:)``.
  ///
  /// - Throws: ``ServerStartError``.
  public static func start(
    _ setup: ServerSetup, router: Router<PeerRequestContext>,
    logger: Logger = Logger(label: "nearfind.server")
  ) async throws -> PeerServer {
    let acceptor = Acceptor(
      setup: setup,
      responder: PeerResponder(setup: setup, routes: router.buildResponder(), logger: logger),
      logger: logger)
    let listening = try await Listener.bind(setup, acceptor: acceptor)
    return PeerServer(listening: listening, acceptor: acceptor, setup: setup)
  }

  private init(listening: Listener.Channel, acceptor: Acceptor, setup: ServerSetup) {
    listener = listening.channel
    localAddress = listening.channel.localAddress
    self.acceptor = acceptor
    if case .unixSocket(let path) = setup.address { socketPath = path } else { socketPath = nil }
    isForCertificates = if case .certificates = setup.admission { true } else { false }
    task = Task { await acceptor.serve(listening) }
  }

  /// The port of a network server.
  public var port: Int { localAddress?.port ?? 0 }

  /// The connections that are open at present.
  public var connectionCount: Int { acceptor.connectionCount }

  /// Serves who speaks through a tunnel as if it had connected, whichever end opened it: over a mutual
  /// TLS of its own, which those who carry the bytes cannot read. Returns when the tunnel has ended.
  public func serve(_ pipe: TunnelPipe) async {
    guard isForCertificates else { return pipe.close() }
    await acceptor.serve(pipe)
  }

  /// Takes no more connections, lets running requests finish, closes idle connections at once, and
  /// after `limit` all others, whose handlers are cancelled.
  ///
  /// - Returns: when all connections are closed.
  public func shutDown(within limit: Duration) async {
    try? await listener.close().get()
    if let socketPath { unlink(socketPath) }
    let open = acceptor.drain()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for channel in open { try? await channel.closeFuture.get() }
      }
      group.addTask {
        do { try await Task.sleep(for: limit) } catch { return }
        for channel in open { channel.close(promise: nil) }
      }
      await group.next()
      group.cancelAll()
    }
  }

  deinit {
    listener.close(promise: nil)
    for channel in acceptor.drain() { channel.close(promise: nil) }
  }
}
