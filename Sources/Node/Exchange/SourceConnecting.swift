public import Protocol

/// How a client for a source is come by: directly, or by whatever way leads to a machine that cannot
/// be reached so.
public protocol SourceConnecting: Sendable {
  /// A way to the files of a source, to be used for as long as it works. Nothing need have been sent
  /// when this returns.
  ///
  /// - Throws: why there is none; `CancellationError`.
  func way(to source: FileSource) async throws -> SourceWay
}

/// Where the files of a source are asked for, and who must answer there.
public struct SourceWay: Sendable {
  public let client: PeerClient
  public let destination: PeerDestination
  public let expected: ExpectedPeer

  public init(client: PeerClient, destination: PeerDestination, expected: ExpectedPeer) {
    self.client = client
    self.destination = destination
    self.expected = expected
  }
}

/// The address that the source was said to be at.
public struct DirectConnecting: SourceConnecting {
  private let client: PeerClient

  public init(client: PeerClient) {
    self.client = client
  }

  public func way(to source: FileSource) async throws -> SourceWay {
    guard let endpoint = source.endpoint else { throw NoWay(node: source.node) }
    return SourceWay(
      client: client,
      destination: .network(host: endpoint.address, port: Int(endpoint.port)),
      expected: .node(source.node))
  }
}

/// Nobody said where the node gives its files.
struct NoWay: Error, CustomStringConvertible {
  let node: NodeIdentity

  var description: String { "It is not known where \(node) gives its files." }
}
