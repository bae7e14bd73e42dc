import Glibc
import HummingbirdCore
import NIOCore
import NIOHTTPTypes
import NIOPosix

/// Binds the listening socket of a server.
enum Listener {
  typealias Channel = NIOAsyncChannel<AcceptedConnection?, Never>

  static func bind(_ setup: ServerSetup, acceptor: Acceptor) async throws -> Channel {
    let prepare = setup.prepareListener
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelInitializer { prepare($0) }
    switch setup.address {
    case .network(let host, let port):
      let name = "\(host):\(port)"
      do {
        return
          try await bootstrap
          .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
          .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
          .bind(host: host, port: port) { acceptor.accept($0) }
      } catch {
        throw refusal(error, name: name)
      }
    case .unixSocket(let path):
      let folder = path.split(separator: "/").dropLast().joined(separator: "/")
      do {
        // Closed before the socket is in it: nobody can connect in the moment before chmod.
        _ = try SecretFolder(creatingAt: (path.hasPrefix("/") ? "/" : "") + folder)
      } catch {
        throw ServerStartError.folder(error)
      }
      do {
        let channel = try await bootstrap.bind(
          unixDomainSocketPath: path, cleanupExistingSocketFile: true
        ) { acceptor.accept($0) }
        guard chmod(path, 0o600) == 0 else {
          let reason = String(cString: strerror(errno))
          try? await channel.channel.close()
          throw ServerStartError.addressUnusable(path, reason: reason)
        }
        return channel
      } catch {
        throw refusal(error, name: path)
      }
    }
  }

  private static func refusal(_ error: any Error, name: String) -> ServerStartError {
    switch error {
    case let error as ServerStartError: error
    case let error as IOError:
      switch error.errnoCode {
      case EADDRINUSE: .addressInUse(name)
      case EACCES, EPERM: .notPermitted(name)
      default: .addressUnusable(name, reason: String(cString: strerror(error.errnoCode)))
      }
    default: .addressUnusable(name, reason: "\(error)")
    }
  }
}
