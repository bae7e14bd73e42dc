import Foundation
import Logging
import Protocol
import SearchModel
import Synchronization

/// The virtual server as a process: the daemon's commands come in on one pipe, events go out on
/// another, and the group's nodes connect over TLS. It ends when the commands end, so that it never
/// outlives the daemon that started it.
public struct VirtualServerProcess: Sendable {
  /// Where things are and where to listen.
  public struct Place: Sendable {
    /// Holds the index and the port; made with mode 0700.
    public var data: String
    /// Holds the node's key and certificate.
    public var identity: String
    public var host: String
    /// 0 for the one it had last, or any.
    public var port: UInt16

    public init(data: String, identity: String, host: String, port: UInt16) {
      self.data = data
      self.identity = identity
      self.host = host
      self.port = port
    }

    /// Where the index is to be opened.
    public var index: String { data + "/index" }

    /// Says that the index must be thrown away before it is opened again.
    var damageMark: String { data + "/index-damaged" }
  }

  /// The engine, chosen by whoever puts the program together.
  public struct Storage: Sendable {
    var open: @Sendable () throws(EngineError) -> any FullTextEngine
    var discard: @Sendable () throws(EngineError) -> Void
    var close: @Sendable (any FullTextEngine) async -> Void

    /// - Parameters:
    ///   - open: opens the index for writing, or makes one.
    ///   - discard: throws it away, whatever state it is in.
    ///   - close: gives up the right to write it.
    public init(
      open: @escaping @Sendable () throws(EngineError) -> any FullTextEngine,
      discard: @escaping @Sendable () throws(EngineError) -> Void,
      close: @escaping @Sendable (any FullTextEngine) async -> Void
    ) {
      self.open = open
      self.discard = discard
      self.close = close
    }
  }

  /// What the loop of the process waits for.
  private enum Input: Sendable {
    case item(CommandInput.Item)
    case tick
    case damage(EngineError)
  }

  /// For a predecessor that was killed or is still ending.
  private static let lockPatience: Duration = .seconds(30)
  private static let shutdownTime: Duration = .seconds(3)
  private static let statusInterval: Duration = .seconds(2)

  private let place: Place
  private let storage: Storage
  private let limits: GroupServiceLimits

  public init(place: Place, storage: Storage, limits: GroupServiceLimits = .init()) {
    self.place = place
    self.storage = storage
    self.limits = limits
  }

  /// Serves until a command says to stop, the commands end, or the task is cancelled; then finishes
  /// what was begun.
  ///
  /// - Parameters:
  ///   - commands: a descriptor to read from; see ``Protocol/VirtualServerCommand``.
  ///   - events: a descriptor to write to; see ``Protocol/VirtualServerEvent``. Whoever calls ignores
  ///     SIGPIPE.
  /// - Throws: ``VirtualServerError``, after an event that says the same.
  public func run(commands: Int32, events: Int32) async throws {
    let output = EventOutput(descriptor: events)
    let (inputs, feed) = AsyncStream.makeStream(of: Input.self)
    let reader = CommandInput(descriptor: commands) { feed.yield(.item($0)) }
    do {
      try await serve(inputs, feed: feed, reader: reader, output: output)
    } catch let error as VirtualServerError {
      output.send(.failed("\(error)"))
      await output.flush(within: .seconds(2))
      throw error
    }
    await output.flush(within: .seconds(2))
  }

  private func serve(
    _ inputs: AsyncStream<Input>, feed: AsyncStream<Input>.Continuation, reader: CommandInput,
    output: EventOutput
  ) async throws {
    try prepareFolder()
    let (credentials, host) = try loadIdentity()
    guard let engine = try await openIndex(unless: reader, output) else { return }
    let index = try await makeIndex(engine) { feed.yield(.damage($0)) }
    let client = try makeClient(credentials)
    defer { client.shutDown() }
    let service = GroupService(host: host, index: index, client: client, limits: limits)
    let logger = Logger(label: "virtual-server") { _ in EventLogHandler(output: output) }
    let server = try await listen(service, credentials, logger)
    output.send(.listening(port: UInt16(server.port)))
    let ticker = Task {
      while !Task.isCancelled {
        feed.yield(.tick)
        try await Task.sleep(for: Self.statusInterval)
      }
    }
    defer { ticker.cancel() }
    let ending = await follow(inputs, service, credentials, output)
    // In a task of its own: what was begun is finished although this one may be cancelled.
    await Task {
      await server.shutDown(within: Self.shutdownTime)
      await index.close()
      await storage.close(engine)
    }.value
    if case .failure(let error) = ending { throw error }
  }

  /// Carries out commands until the end.
  private func follow(
    _ inputs: AsyncStream<Input>, _ service: GroupService, _ credentials: CredentialStore,
    _ output: EventOutput
  ) async -> Result<Void, VirtualServerError> {
    for await input in inputs {
      switch input {
      case .item(.end): return .success(())
      case .item(.unknown(let reason)):
        output.send(.log("warning: A command was not understood: \(reason)"))
      case .item(.command(let command)):
        for effect in await service.take(command) {
          switch effect {
          case .stop: return .success(())
          case .reloadIdentity: reload(credentials, output)
          case .settle: break
          }
        }
        if let status = await service.status() { output.send(.status(status)) }
      case .tick:
        await service.keepUp()
        if let status = await service.status() { output.send(.status(status)) }
      case .damage(let error):
        markDamage()
        return .failure(.damaged(error))
      }
    }
    return .success(())
  }

  private func markDamage() {
    // Without the mark the next start finds the damage again.
    _ = FileManager.default.createFile(atPath: place.damageMark, contents: Data())
  }

  // MARK: Beginning

  private func prepareFolder() throws(VirtualServerError) {
    do {
      try FileManager.default.createDirectory(
        atPath: place.data, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw .folder(path: place.data, reason: error.localizedDescription)
    }
  }

  private func loadIdentity() throws(VirtualServerError) -> (CredentialStore, NodeIdentity) {
    let found: PeerCredentials?
    let store: CredentialStore
    do {
      found = try IdentityFolder(path: place.identity).credentials()
      guard let found else { throw VirtualServerError.notRegistered(folder: place.identity) }
      store = try CredentialStore(found)
    } catch let error as VirtualServerError {
      throw error
    } catch {
      throw .identity(folder: place.identity, reason: "\(error)")
    }
    guard case .node(let node)? = found?.identity else {
      throw .notANode(folder: place.identity)
    }
    return (store, node)
  }

  /// For asking other virtual servers.
  private func makeClient(
    _ credentials: CredentialStore
  ) throws(VirtualServerError) -> PeerClient {
    do {
      return try PeerClient(.credentials(credentials), limits: limits.client)
    } catch {
      throw .identity(folder: place.identity, reason: "\(error)")
    }
  }

  private func reload(_ store: CredentialStore, _ output: EventOutput) {
    do {
      guard let renewed = try IdentityFolder(path: place.identity).credentials() else { return }
      try store.replace(renewed)
    } catch {
      output.send(.log("error: The renewed certificate cannot be used: \(error)"))
    }
  }

  /// - Returns: nil if the commands ended while another process had the index.
  private func openIndex(
    unless reader: CommandInput, _ output: EventOutput
  ) async throws -> (any FullTextEngine)? {
    let deadline = ContinuousClock.now + Self.lockPatience
    var hasSaid = false
    while true {
      do throws(EngineError) {
        if FileManager.default.fileExists(atPath: place.damageMark) {
          try storage.discard()
          try? FileManager.default.removeItem(atPath: place.damageMark)
        }
        return try storage.open()
      } catch {
        switch error {
        case .locked where ContinuousClock.now < deadline:
          if reader.hasEnded || Task.isCancelled { return nil }
          if !hasSaid { output.send(.log("notice: \(error)")) }
          hasSaid = true
          // Cut short when cancelled; the next turn sees it.
          try? await Task.sleep(for: .milliseconds(50))
        case .corrupted, .incompatible:
          output.send(.log("warning: \(VirtualServerError.damaged(error))"))
          do throws(EngineError) {
            try storage.discard()
            return try storage.open()
          } catch {
            throw VirtualServerError.engine(error)
          }
        default: throw VirtualServerError.engine(error)
        }
      }
    }
  }

  private func makeIndex(
    _ engine: any FullTextEngine, onDamage: @escaping @Sendable (EngineError) -> Void
  ) async throws(VirtualServerError) -> GroupIndex {
    do throws(EngineError) {
      return try await GroupIndex(
        engine: engine, limits: limits.index,
        now: { Int64(Date().timeIntervalSince1970 * 1000) }, onDamage: onDamage)
    } catch {
      guard case .corrupted = error else { throw .engine(error) }
      // It holds this process's lock; the next start throws it away.
      markDamage()
      throw .damaged(error)
    }
  }

  private func listen(
    _ service: GroupService, _ credentials: CredentialStore, _ logger: Logger
  ) async throws -> PeerServer {
    let remembered = RememberedPort(folder: place.data)
    let wanted = place.port == 0 ? remembered.value ?? 0 : place.port
    do {
      let server: PeerServer
      do {
        server = try await start(service, credentials, port: wanted, logger)
      } catch ServerStartError.addressInUse where place.port == 0 && wanted != 0 {
        server = try await start(service, credentials, port: 0, logger)
      }
      remembered.keep(UInt16(server.port))
      return server
    } catch let error as ServerStartError {
      throw VirtualServerError.address(error)
    }
  }

  private func start(
    _ service: GroupService, _ credentials: CredentialStore, port: UInt16, _ logger: Logger
  ) async throws -> PeerServer {
    var setup = ServerSetup.network(
      host: place.host, port: Int(port), credentials: credentials)
    setup.limits = limits.server
    setup.accepts = .anyNode
    return try await PeerServer.start(
      setup, router: GroupRoutes.router(for: service), logger: logger)
  }
}
