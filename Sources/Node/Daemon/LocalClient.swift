public import Protocol
public import SearchModel

/// Asks the daemon of this machine's user.
public struct LocalClient: Sendable {
  private let client: PeerClient
  private let destination: PeerDestination

  /// - Returns: nil where no daemon of this user's runs for the data directory. It may end at any moment.
  public static func connect(dataDirectory: String) async -> LocalClient? {
    var limits = ClientLimits()
    limits.connecting = .seconds(2)
    limits.answer = .seconds(24 * 3600)
    // What the daemon does before may take as long, and a huge file moves nothing for a while.
    limits.pause = .seconds(24 * 3600)
    guard let path = try? SocketPath.trustedPath(dataDirectory: dataDirectory),
      let client = try? PeerClient(.localSocket, limits: limits)
    else { return nil }
    let local = LocalClient(client: client, destination: .unixSocket(path: path))
    guard (try? await local.status()) != nil else {
      client.shutDown()
      return nil
    }
    return local
  }

  /// - Throws: ``ProblemDocument`` for a refusal, ``PeerClientError`` when the daemon ends; so do
  ///   all of these.
  public func status() async throws -> DaemonStatus {
    var request = PeerRequest.get("/v1/local/status")
    request.timeLimit = .seconds(5)
    return try await ask(request)
  }

  /// - Parameter improve: is called with each answer that is better than the one before.
  /// - Returns: the last one.
  public func search(
    _ search: GroupSearchRequest,
    improve: @escaping @Sendable (LocalSearchAnswer) -> Void = { _ in }
  ) async throws -> LocalSearchAnswer {
    try await client.sendImproving(
      .post("/v1/local/search", LocalSearchRequest(search: search), isRepeatable: true),
      to: destination, expecting: .anyone, improve: improve)
  }

  /// When the task is cancelled, the daemon goes on all the same.
  ///
  /// - Parameter progress: is called several times a second.
  public func index(
    _ folders: [[UInt8]], visibility: Visibility? = nil,
    progress: @escaping @Sendable (IndexingProgress) -> Void = { _ in }
  ) async throws -> LocalIndexAnswer {
    let request = try PeerRequest.post(
      "/v1/local/index", LocalFoldersRequest(folders: folders, visibility: visibility))
    do {
      return try await client.exchange(request, with: destination, expecting: .anyone) {
        (response: inout PeerResponse) in
        var answer: LocalIndexAnswer?
        try await response.messages(LocalIndexNews.self) { news in
          switch news {
          case .progress(let step): progress(step)
          case .done(let summary): answer = summary
          case .failed(let problem): throw problem
          }
        }
        guard let answer else { throw ProblemDocument.daemonEnds }
        return answer
      }
    } catch PeerClientError.connectionLost {
      throw ProblemDocument.daemonEnds
    }
  }

  /// A pipe to the server of a node that cannot be connected to, which the daemon opens.
  ///
  /// - Throws: also ``ProblemDocument`` that says of each way why it does not lead there.
  public func tunnel(to source: FileSource) async throws -> TunnelPipe {
    try await client.openTunnel(
      "/v1/local/tunnels", source, at: destination, expecting: .anyone, within: .seconds(30))
  }

  /// Whether others can connect to this machine, as they find by trying.
  public func reachability() async throws -> ReachabilityReport {
    var request = PeerRequest.get("/v1/local/reachability")
    request.timeLimit = .seconds(20)
    return try await ask(request)
  }

  public func forget(_ folders: [[UInt8]]) async throws -> LocalForgetAnswer {
    try await ask(.post("/v1/local/forget", LocalFoldersRequest(folders: folders)))
  }

  public func setVisibility(_ visibility: Visibility, of folder: [UInt8]) async throws {
    let _: LocalDone = try await ask(
      .post(
        "/v1/local/visibility", LocalVisibilityRequest(folder: folder, visibility: visibility)))
  }

  /// What is new for a query that is asked again and again.
  public func news(_ news: NewsRequest) async throws -> NewsAnswer {
    try await ask(.post("/v1/local/news", news, isRepeatable: true))
  }

  /// What proves to others which band this machine is in; nil while nothing does.
  public func bandStatement() async throws -> BandStatement? {
    let answer: LocalBandAnswer = try await ask(.get("/v1/local/band-statement"))
    return answer.statement
  }

  /// Asks the daemon to end in order. It does so after this returns.
  public func stop() async throws {
    let _: LocalDone = try await ask(.post("/v1/local/stop", LocalDone()))
  }

  private func ask<Answer: Decodable & Sendable>(_ request: PeerRequest) async throws -> Answer {
    try await client.send(request, to: destination, expecting: .anyone)
  }
}
