import Protocol

/// The clients of a group and when each was last heard of. Pure: times are milliseconds of one steady
/// clock and come in as arguments.
///
/// Clients are named as the central server names them: by the node's name, which only one node of
/// all has, or by user and node with a slash between, which no name can hold.
struct Membership: Sendable {
  private struct Client {
    var incarnation: UInt64
    var heard: Int64
  }

  /// The version of the list that this is. Every change makes the next.
  private(set) var version: UInt64
  private var clients: [String: Client] = [:]

  /// - Parameter now: clients count as heard of now, so that each has its grace time to come.
  init(_ clients: [GroupClient] = [], version: UInt64 = 0, now: Int64) {
    self.version = version
    for client in clients {
      self.clients[client.node] = Client(incarnation: client.incarnation, heard: now)
    }
  }

  var count: Int { clients.count }
  var names: [String] { clients.keys.sorted() }
  var list: [GroupClient] {
    clients.map { GroupClient(node: $0.key, incarnation: $0.value.incarnation) }
      .sorted { $0.node < $1.node }
  }

  func includes(_ node: NodeIdentity) -> Bool { name(of: node) != nil }

  /// As the list names the node; nil for one that is not in it.
  func name(of node: NodeIdentity) -> String? {
    [node.description, node.node.text].first { clients[$0] != nil }
  }

  /// Takes a whole list in place of what was before. An older one changes nothing.
  mutating func replace(_ list: [GroupClient], version: UInt64, now: Int64) {
    guard version >= self.version else { return }
    var next = Membership(list, version: version, now: now)
    for client in list {
      // Who was a client before keeps the time it was last heard of.
      guard let former = clients[client.node], former.incarnation == client.incarnation else {
        continue
      }
      next.clients[client.node]?.heard = former.heard
    }
    self = next
  }

  /// - Returns: whether the change follows the version that stands. One that does not leaves all as
  ///   it is; the central server sees the version in the next report and sends the whole list.
  @discardableResult
  mutating func admit(_ client: GroupClient, version: UInt64, now: Int64) -> Bool {
    guard follows(version) else { return false }
    self.version = version
    clients[client.node] = Client(incarnation: client.incarnation, heard: now)
    return true
  }

  /// - Returns: as for ``admit(_:version:now:)``.
  @discardableResult
  mutating func release(_ node: String, version: UInt64) -> Bool {
    guard follows(version) else { return false }
    self.version = version
    clients[node] = nil
    return true
  }

  private func follows(_ version: UInt64) -> Bool {
    version > 0 && version - 1 == self.version
  }

  /// Something came of the node.
  ///
  /// - Parameter incarnation: nil where the message does not say which start of the node sent it.
  mutating func heard(of node: NodeIdentity, incarnation: UInt64?, now: Int64) {
    guard let name = name(of: node), var client = clients[name] else { return }
    // A message of an earlier start that was long on its way says nothing of the present one.
    if let incarnation, incarnation < client.incarnation { return }
    client.incarnation = max(incarnation ?? 0, client.incarnation)
    client.heard = max(client.heard, now)
    clients[name] = client
  }

  /// Clients that have not been heard of for `grace`, by name.
  func missing(now: Int64, grace: Int64) -> [GroupClient] {
    clients.filter { now - $0.value.heard >= grace }
      .map { GroupClient(node: $0.key, incarnation: $0.value.incarnation) }
      .sorted { $0.node < $1.node }
  }
}
