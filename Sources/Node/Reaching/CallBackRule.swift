import RouterBands

/// Where a node connects to because its virtual server says that a caller waits there. Any user's machine
/// may be a virtual server, and should see no more of a node's network by that than it sees itself.
enum CallBackRule {
  /// - Parameters:
  ///   - target: an address; a name is refused, since it may come to anything.
  ///   - server: where this node reaches the virtual server.
  /// - Returns: whether `target` can be a caller's. This machine's own addresses are only where the
  ///   virtual server is at one, and private ones only where it is in a private network or here.
  static func allows(_ target: String, from server: String) -> Bool {
    guard let target = IPAddress(target) else { return false }
    let server = IPAddress(server)
    let isServerHere = server?.isLoopback ?? false
    if target.isLoopback { return isServerHere }
    guard target.canBeRouter, !target.isOfThisLink else { return false }
    return !target.isPrivate || isServerHere || (server?.isPrivate ?? false)
  }
}

extension IPAddress {
  /// Of those that are no router's, the others are no machine's either.
  fileprivate var isLoopback: Bool { isOfThisLink && !canBeRouter }
}
