import Foundation
public import Protocol
import SearchModel

/// What runs on each machine: keeps its own index, takes part in a network if it has joined one, and
/// answers the programs of its user.
public actor NodeDaemon {
  public struct Settings: Sendable {
    public var dataDirectory: String
    /// How the machine's own index is searched.
    public var search: @Sendable (GroupSearchRequest) async throws -> LocalSearchAnswer
    /// How the machine's own index tells what is new.
    public var news: @Sendable (NewsRequest) async throws -> NewsAnswer
    public var launch: VirtualServerChild.Launch
    public var reader: EnvironmentReader
    public var serving = FileServing()
    /// Takes lines for people.
    public var log: @Sendable (String) -> Void

    public init(
      dataDirectory: String,
      search: @escaping @Sendable (GroupSearchRequest) async throws -> LocalSearchAnswer,
      news: @escaping @Sendable (NewsRequest) async throws -> NewsAnswer,
      launch: VirtualServerChild.Launch, reader: EnvironmentReader,
      log: @escaping @Sendable (String) -> Void
    ) {
      self.dataDirectory = dataDirectory
      self.search = search
      self.news = news
      self.launch = launch
      self.reader = reader
      self.log = log
    }
  }

  private let settings: Settings
  private let network: NetworkNode?
  private let catalog: Catalog
  private let keeper: IndexKeeper
  private let stopping = Bell()
  private var failure: (any Error)?

  /// - Parameters:
  ///   - session: over the catalog of the data directory, which is open for writing.
  ///   - membership: the network that the machine has joined; nil to work for itself.
  /// - Throws: why it cannot take part in its network: ``NodeDaemonError`` and what reading the
  ///   identity throws.
  public init(
    settings: Settings, session: IndexingSession, membership: NetworkMembership?
  ) async throws {
    self.settings = settings
    catalog = session.catalog
    let folder = NetworkFolder(dataDirectory: settings.dataDirectory)
    if let membership {
      guard let credentials = try IdentityFolder(path: folder.identityPath).credentials() else {
        throw NodeDaemonError.noIdentity(folder: folder.identityPath)
      }
      let files = FileService(
        contents: SharedContents(
          catalog: session.catalog, doubted: session.lookAgain),
        turns: UploadTurns(settings.serving.limits), log: settings.log)
      network = try await NetworkNode(
        membership, folder: folder, credentials: credentials, catalog: session.catalog,
        files: files, serving: settings.serving, launch: settings.launch, reader: settings.reader,
        log: settings.log)
    } else {
      network = nil
    }
    let (log, network, stopping) = (settings.log, network, stopping)
    let failures = FailureBox()
    self.failures = failures
    keeper = IndexKeeper(session: session) { progress in
      // The names of a whole share, long before their contents are read.
      guard progress.phase == .publishing, let network else { return }
      Task { await network.catalogChanged() }
    } notice: { notice in
      switch notice {
      case .published, .changed:
        if let network { Task { await network.catalogChanged() } }
      case .watching, .watchLimitReached, .eventsLost, .absent: log(notice.description)
      }
    } failed: { error in
      await failures.set(error)
      await stopping.ring()
    }
  }

  private let failures: FailureBox

  /// Runs until ``stop()``, and ends in order: no more requests, goodbye to the network, what runs is
  /// finished.
  ///
  /// - Parameter ready: is called when requests are answered.
  /// - Throws: `ServerStartError` before anything began; what ended the watching of folders.
  public func run(ready: @Sendable () -> Void = {}) async throws {
    let server = try await PeerServer.start(
      .local(path: SocketPath.path(dataDirectory: settings.dataDirectory)),
      router: LocalService(daemon: self).router)
    let networking = network.map { network in Task { await network.run() } }
    await keeper.start()
    ready()
    while !isStopping, !Task.isCancelled {
      await stopping.wait(atMost: .seconds(3600))
      if await failures.first != nil { isStopping = true }
    }
    network?.stop()
    // Who waits for what ends with this is still told so.
    async let isQuiet: Void = keeper.stop()
    await server.shutDown(within: .seconds(3))
    await isQuiet
    if let networking {
      // What does not end in time is ended.
      let alarm = Task {
        try await Task.sleep(for: .seconds(20))
        networking.cancel()
      }
      await networking.value
      alarm.cancel()
    }
    if let failure = await failures.first { throw failure }
  }

  private var isStopping = false

  /// Has ``run(ready:)`` end.
  public func stop() async {
    isStopping = true
    await stopping.ring()
  }

  /// - Parameter improve: is called with each answer that is better than the one before.
  public func search(
    _ request: GroupSearchRequest, improve: @escaping @Sendable (LocalSearchAnswer) -> Void
  ) async throws -> LocalSearchAnswer {
    let network = network
    let search = GroupSearch(
      own: settings.search, client: network?.client,
      mandate: { network?.mandates.mandate(for: $0) },
      unreachable: { network?.isUnreachable($0) })
    let standby = await network?.standby
    return try await search.answer(
      to: request, from: network?.server, standby: standby.flatMap { $0.isReady ? $0.server : nil },
      shortfall: network?.shortfall, improve: improve)
  }

  /// What is new for a query that is asked again and again.
  ///
  /// - Throws: ``Protocol/ProblemDocument``, `PeerClientError`: what was known stays so; ask again.
  func news(_ request: NewsRequest) async throws -> NewsAnswer {
    guard let network else { return try await settings.news(request) }
    guard let server = await network.server else {
      throw ProblemDocument(
        .unavailable, status: 503, title: "No virtual server",
        detail: await network.shortfall ?? "This machine has no virtual server yet.",
        remedy: "It is asked again.", retryAfter: 1)
    }
    var request = request
    request.mandate = network.mandates.mandate(for: server)
    return try await network.client.send(
      .post("/v1/news", request, isRepeatable: true), to: .of(server), expecting: .host(of: server))
  }

  func index(
    _ folders: [PathBytes], visibility: Visibility?,
    told: @escaping @Sendable (IndexingProgress) -> Void
  ) async throws -> IndexingSummary {
    if let visibility {
      // To read a folder may have to wait for others; who may see it does not.
      for folder in folders {
        do {
          _ = try await setVisibility(visibility, of: folder)
        } catch CatalogError.notShared {
          continue
        }
      }
    }
    let summary = try await keeper.index(folders, visibility: visibility, told: told)
    await network?.catalogChanged()
    return summary
  }

  /// Has the group hear of it at once.
  ///
  /// - Throws: ``CatalogError/notShared(path:)``.
  func setVisibility(_ visibility: Visibility, of folder: PathBytes) async throws -> Share {
    let share = try await BlockingWork.run { [catalog] () throws(CatalogError) in
      try catalog.setVisibility(visibility, of: folder)
    }
    await network?.catalogChanged()
    return share
  }

  func forget(_ folders: [PathBytes]) async throws -> [Share] {
    let shares = try await keeper.forget(folders)
    await network?.catalogChanged()
    return shares
  }

  /// A pipe to a node that the daemon's user cannot connect to.
  ///
  /// - Throws: ``Protocol/ProblemDocument``; `CancellationError`.
  func tunnel(to source: FileSource) async throws -> TunnelPipe {
    guard let network else { throw ProblemDocument.noNetwork }
    return try await network.reaching.pipe(to: source)
  }

  /// What proves to others which band this machine is in; nil while nothing does.
  func bandStatement() async -> BandStatement? { await network?.bandStatement }

  /// Whether others can connect to this machine, as they find by trying.
  ///
  /// - Throws: ``Protocol/ProblemDocument`` where there is nothing to try.
  func reachability() async throws -> ReachabilityReport {
    guard let network else { throw ProblemDocument.noNetwork }
    return try await network.reachability()
  }

  public func status() async -> DaemonStatus {
    var status = DaemonStatus(processID: getpid(), role: .alone)
    await network?.addStatus(to: &status)
    return status
  }
}

/// The first thing that went wrong.
private actor FailureBox {
  private(set) var first: (any Error)?

  func set(_ error: any Error) {
    first = first ?? error
  }
}

/// Why a daemon does not start.
public enum NodeDaemonError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The machine has joined a network, and its identity is gone. Log in again.
  case noIdentity(folder: String)

  public var description: String {
    switch self {
    case .noIdentity(let folder):
      "There is no identity in \(folder). Log in again: nearfind login CENTRAL"
    }
  }
}

extension ProblemDocument {
  fileprivate static let noNetwork = ProblemDocument(
    .unavailable, status: 503, title: "No network",
    detail: "This machine works for itself and has joined no network.",
    remedy: "Join one: nearfind register HOST")
}
