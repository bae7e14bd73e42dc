public import Protocol

/// Reaches nodes that cannot be connected to: has them call back, or meets them at their virtual
/// server.
public actor NodeReaching {
  private let client: PeerClient
  /// Where those who call back are waited for.
  public nonisolated let rendezvous = TunnelRendezvous()
  private let clock: @Sendable () -> Int64
  private var memory = WayMemory()
  /// The virtual server of this node's own group.
  private var ownServer: CallingServer?
  /// Where this node listens; nil where it does not, and nobody can call back.
  private var port: UInt16?

  /// From the request to the tunnel; longer than a virtual server has the other side called.
  private static let patience: Duration = .seconds(12)

  public init(
    client: PeerClient, clock: @escaping @Sendable () -> Int64 = MachineClock.milliseconds
  ) {
    self.client = client
    self.clock = clock
  }

  public func use(_ server: CallingServer?) { ownServer = server }

  public func listens(at port: UInt16?) { self.port = port }

  /// A pipe to the node, which waits at its other end as a server.
  ///
  /// - Throws: ``Protocol/ProblemDocument`` that says of each way why it does not lead there;
  ///   `CancellationError`.
  public func pipe(to source: FileSource) async throws -> TunnelPipe {
    guard let server = source.server ?? ownServer else {
      throw ProblemDocument.noWay("It is not known where \(source.node) could be called.")
    }
    var problems: [ProblemDocument] = []
    for way in memory.order(for: source.node, now: clock()) {
      do {
        let pipe =
          switch way {
          case .callBack: try await calledBack(by: source.node, server)
          case .relay: try await relayed(to: source.node, server)
          }
        memory.note(way, worked: true, for: source.node, now: clock())
        return pipe
      } catch {
        if Task.isCancelled || error is CancellationError { throw CancellationError() }
        memory.note(way, worked: false, for: source.node, now: clock())
        problems.append(error as? ProblemDocument ?? .noWay("\(error)"))
      }
    }
    throw ProblemDocument(problems, of: source.node)
  }

  private func calledBack(
    by node: NodeIdentity, _ server: CallingServer
  ) async throws -> TunnelPipe {
    guard let port else { throw ProblemDocument.noWay("This machine listens nowhere.") }
    return try await rendezvous.tunnel(from: node, within: Self.patience) { [client] token in
      var request = try PeerRequest.post(
        CallPath.calls, CallRequest(owner: node, port: port, token: token))
      request.timeLimit = Self.patience
      let _: CallAnswer = try await client.send(
        request, to: server.destination, expecting: server.expected)
    }
  }

  private func relayed(
    to node: NodeIdentity, _ server: CallingServer
  ) async throws -> TunnelPipe {
    try await client.openTunnel(
      CallPath.relay(to: node), at: server.destination, expecting: server.expected,
      within: Self.patience)
  }
}

extension CallingServer {
  init(_ server: GroupServer) {
    self.init(host: server.host, endpoint: server.endpoint)
  }

  var destination: PeerDestination {
    .network(host: endpoint.address, port: Int(endpoint.port))
  }

  var expected: ExpectedPeer {
    // A name that no node can have is nobody's.
    (try? PeerName(host)).map { .nodeNamed($0) } ?? .centralServer
  }
}

extension ProblemCode {
  /// No way leads to a node at the moment.
  public static let noWay = Self(rawValue: "no-way")
}

extension ProblemDocument {
  static func noWay(_ detail: String) -> ProblemDocument {
    ProblemDocument(
      .noWay, status: 502, title: "It cannot be reached", detail: detail,
      remedy:
        "Try again later, or get the file elsewhere; nearfind doctor says whether this machine "
        + "can be reached.")
  }

  /// What each way came to. Worth to be tried again where one of them says when.
  fileprivate init(_ problems: [ProblemDocument], of node: NodeIdentity) {
    self = .noWay(
      "\(node) cannot be connected to. " + problems.map(\.detail).joined(separator: " "))
    if let wait = problems.compactMap(\.retryAfter).min() {
      code = .overloaded
      status = 503
      retryAfter = wait
    }
    if let last = problems.last { remedy = last.remedy }
  }
}
