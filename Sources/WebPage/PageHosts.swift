import Synchronization

/// The names under which a browser on this machine may ask for the page. Any other that leads here was
/// set up by somebody to get at this server from a page of his own (DNS rebinding).
final class PageHosts: Sendable {
  /// 0 until the server has one; nothing is answered before.
  private let port = Atomic(0)

  func set(port number: Int) {
    port.store(number, ordering: .releasing)
  }

  func include(_ host: String) -> Bool {
    let port = port.load(ordering: .acquiring)
    return port != 0
      && ["127.0.0.1:\(port)", "localhost:\(port)", "[::1]:\(port)"].contains(host.lowercased())
  }
}
