import Protocol
import Synchronization

/// Who serves through tunnels: the node's server for files, once it runs.
final class ServedTunnels: Sendable {
  private let server = Mutex<PeerServer?>(nil)

  func use(_ server: PeerServer?) {
    self.server.withLock { $0 = server }
  }

  /// Returns when the tunnel has ended.
  func serve(_ pipe: TunnelPipe) async {
    guard let server = server.withLock({ $0 }) else { return pipe.close() }
    await server.serve(pipe)
  }
}
