import Extraction
import Foundation
import Node
import Protocol
import RouterBands
import SearchModel

extension Composition {
  /// The daemon of a data directory, with the network that the machine has joined.
  ///
  /// - Throws: ``Node/CatalogError/locked(path:holder:)`` where one runs already; what opening the
  ///   catalog, the index and the identity throws.
  static func daemon(
    _ directory: DataDirectory, options: IndexingSession.Options, capacity: CapacityRule,
    serving: FileServing, console: Console
  ) async throws -> NodeDaemon {
    let folder = NetworkFolder(dataDirectory: directory.path)
    let membership = try NetworkMembership.load(from: folder)
    let (session, engine) = try await indexingSessionAndEngine(
      directory, options: options, isRebuilding: false, environment: console.environment,
      owner: membership?.owner ?? .local, say: console.complain)
    var settings = NodeDaemon.Settings(
      dataDirectory: directory.path,
      search: { request in try await ownAnswer(to: request, engine) },
      news: { request in try await ownNews(request, engine) },
      launch: .init(executable: executablePath) { endpoint in
        [
          "virtual-server", "--data", folder.groupPath, "--identity", folder.identityPath,
          "--listen", "\(endpoint)",
        ]
      },
      reader: EnvironmentReader(
        probe: MachineProbe(dataFolder: directory.path), rule: capacity,
        central: membership?.centralServers.first),
      log: { console.complain($0) })
    settings.serving = serving
    return try await NodeDaemon(settings: settings, session: session, membership: membership)
  }

  /// What fetches files for the user of a data directory: from this machine's own shares, and from
  /// other nodes where it has joined a network.
  ///
  /// - Throws: what reading the membership and the identity throws.
  static func fileGetter(_ directory: DataDirectory) async throws -> FileGetter {
    let folder = NetworkFolder(dataDirectory: directory.path)
    var identity: NodeIdentity?
    var connecting: ReachingConnecting?
    var bandStatement: @Sendable () async -> BandStatement? = { nil }
    if try NetworkMembership.load(from: folder) != nil {
      guard let credentials = try IdentityFolder(path: folder.identityPath).credentials() else {
        throw NodeDaemonError.noIdentity(folder: folder.identityPath)
      }
      if case .node(let node) = credentials.identity { identity = node }
      var limits = ClientLimits()
      // There are other ways, and a router that drops packets is not waited for.
      limits.connecting = .seconds(2)
      // With many others at a slow source, a turn can take that long.
      limits.pause = .seconds(30)
      limits.answer = .seconds(15)
      let daemon = await LocalClient.connect(dataDirectory: directory.path)
      bandStatement = { try? await daemon?.bandStatement() }
      connecting = ReachingConnecting(
        client: try PeerClient(.credentials(CredentialStore(credentials)), limits: limits),
        daemon: daemon)
    }
    return FileGetter(
      identity: identity, bandStatement: bandStatement, connecting: connecting,
      catalog: try? catalogForReading(directory))
  }

  /// What the machine's own index says.
  private static func ownAnswer(
    to request: GroupSearchRequest, _ engine: any FullTextEngine
  ) async throws -> LocalSearchAnswer {
    let explained = try await PersonalSearch(engine: engine)
      .explainedAnswer(to: request.request, isStrict: request.isStrict)
    return LocalSearchAnswer(
      answer: explained.relaxed, spellings: explained.spellings,
      coverage: SearchCoverage(
        scope: .ownFiles,
        recordCount: try await engine.statistics(for: .nothing).documentCount))
  }

  /// What is new in the machine's own index, which stands as group 0.
  private static func ownNews(
    _ request: NewsRequest, _ engine: any FullTextEngine
  ) async throws -> NewsAnswer {
    let revision = try await engine.revision()
    var answer = NewsAnswer(changed: [], watchedCount: 1, missingCount: 0)
    guard request.known["0"] != revision else { return answer }
    let found = try await engine.search(
      SearchRequest(
        query: request.query, limit: NewsLimits.matchCount, sort: .modified(ascending: false),
        collapsesDuplicates: false))
    answer.changed = [
      NewsAnswer.Group(
        group: 0, revision: found.revision, records: found.hits.map(\.record),
        isCut: found.matchCount.upperBound > found.hits.count)
    ]
    return answer
  }

  /// This program, to be started again as another process: also after it was replaced by an update.
  static var executablePath: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }
}
