import Protocol

/// Where the nodes of a group give their files. Pure.
struct FileDirectory: Hashable, Sendable {
  private var endpoints: [NodeIdentity: NetworkEndpoint] = [:]

  /// More nodes than any group has; who comes beyond them has no place.
  private static let capacity = 20_000

  /// - Parameter endpoint: nil for a node that gives none.
  mutating func note(_ endpoint: NetworkEndpoint?, of node: NodeIdentity) {
    guard endpoints[node] != nil || endpoints.count < Self.capacity else { return }
    endpoints[node] = endpoint.flatMap { $0.port == 0 ? nil : $0 }
  }

  /// - Parameters:
  ///   - offer: what the node says.
  ///   - address: where it is seen; nil where it cannot be reached.
  mutating func take(_ offer: FileOffer?, of node: NodeIdentity, at address: String?) {
    note(
      offer.flatMap { offer in address.map { NetworkEndpoint(address: $0, port: offer.port) } },
      of: node)
  }

  /// Keeps only who is meant: the others have left.
  mutating func keep(where isMeant: (NodeIdentity) -> Bool) {
    endpoints = endpoints.filter { isMeant($0.key) }
  }

  func source(of node: NodeIdentity) -> FileSource {
    FileSource(node: node, endpoint: endpoints[node])
  }

  /// In the order of the nodes' names; nil where there is none.
  func all(where isMeant: (NodeIdentity) -> Bool) -> [FileSource]? {
    let found = endpoints.keys.filter(isMeant).sorted().map(source(of:))
    return found.isEmpty ? nil : found
  }
}
