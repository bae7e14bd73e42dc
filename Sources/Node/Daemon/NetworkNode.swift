import Foundation
import Protocol
import SearchModel

/// A node in a network: ``NodeBehaviour`` with a clock, a central server, a process and a publisher
/// around it.
actor NetworkNode {
  private let membership: NetworkMembership
  private let identity: IdentityFolder
  private let credentials: CredentialStore
  nonisolated let mandates: MandateIssuer
  let central: CentralClient
  private let reader: EnvironmentReader
  private let incarnations: IncarnationFile
  private let process: VirtualServerChild
  private let log: @Sendable (String) -> Void
  private let files: FileService
  private let serving: FileServing
  private let folder: NetworkFolder
  /// Gives files to other nodes; nil where it does not run.
  private var fileServer: PeerServer?
  private let tunnels = ServedTunnels()
  nonisolated let client: PeerClient
  /// Ways to nodes that cannot be connected to, and theirs to this one.
  nonisolated let reaching: NodeReaching
  private let answering: CallAnswering
  private nonisolated let publisher: NetworkPublisher
  /// Publishes to the group's standby what the other one publishes to its virtual server.
  private nonisolated let copier: NetworkPublisher

  private let events: AsyncStream<NodeEvent>
  private nonisolated let tell: AsyncStream<NodeEvent>.Continuation
  private var behaviour: NodeBehaviour
  private var timer: Task<Void, Never>?
  private var environment: NodeEnvironment
  /// Whom to publish to and ask now; nil for none.
  private(set) var server: GroupServer?
  private(set) var standby: StandbyServer?
  /// The central server's word on this machine's band, to show to machines that ask whether it is of
  /// theirs; nil before there is one. It may be over.
  private(set) var bandStatement: BandStatement?
  private var lastComplaint = ""
  /// Why the central server does not let this machine in; nil while it does.
  private var refusal: String?

  /// - Throws: why the machine cannot take part: ``SecretFileError``, ``CertificateProblem``,
  ///   `NIOSSLError`, ``SystemError``.
  init(
    _ membership: NetworkMembership, folder: NetworkFolder, credentials present: PeerCredentials,
    catalog: Catalog, files: FileService, serving: FileServing,
    launch: VirtualServerChild.Launch, reader: EnvironmentReader,
    log: @escaping @Sendable (String) -> Void
  ) async throws {
    self.membership = membership
    self.files = files
    self.serving = serving
    self.folder = folder
    self.reader = reader
    self.log = log
    identity = try IdentityFolder(path: folder.identityPath)
    credentials = try CredentialStore(present)
    mandates = MandateIssuer(credentials)
    var limits = ClientLimits()
    limits.connecting = .seconds(3)
    limits.handshake = .seconds(5)
    client = try PeerClient(.credentials(credentials), limits: limits)
    reaching = NodeReaching(client: client)
    let tunnels = tunnels
    answering = CallAnswering(client: client) { await tunnels.serve($0) }
    central = CentralClient(addresses: membership.centralServers, client: client)
    (events, tell) = AsyncStream.makeStream(of: NodeEvent.self)
    let tell = tell
    process = VirtualServerChild(launch) { run, news in
      switch news {
      case .event(.listening(let port)): tell.yield(.processListening(run: run, port: port))
      case .event(.status(let status)): tell.yield(.processStatus(run: run, status))
      case .event(.log(let line)), .event(.failed(let line)): log("virtual server: \(line)")
      case .ended(let reason):
        log("virtual server: \(reason)")
        tell.yield(.processEnded(run: run))
      }
    }
    publisher = NetworkPublisher(catalog: catalog, client: client) { server in
      if !server.isOwn { tell.yield(.presenceFailed(group: server.group)) }
    }
    copier = NetworkPublisher(catalog: catalog, consumer: .standby, client: client)
    incarnations = IncarnationFile(path: folder.incarnationPath)
    environment = await reader.environment()
    behaviour = NodeBehaviour(
      node: membership.node, incarnation: try incarnations.next(), environment: environment,
      seed: .random(in: 0 ... .max))
  }

  /// Runs until ``stop()`` was called and all is in order, or the task is cancelled.
  func run() async {
    let tasks = [
      Task { await publisher.run() },
      Task { await copier.run() },
      Task { await renewal.run() },
      Task { await self.keepLooking() },
    ]
    defer {
      for task in tasks { task.cancel() }
      timer?.cancel()
      client.shutDown()
    }
    await startGivingFiles()
    tell.yield(.started)
    await withTaskCancellationHandler {
      for await event in events {
        for action in behaviour.handle(event, at: MachineClock.now()) {
          if action == .finished { return await stopGivingFiles() }
          await perform(action)
        }
        setTimer()
      }
    } onCancel: {
      tell.finish()
    }
    process.stop()
  }

  /// A machine that cannot give its files takes part in everything else.
  private func startGivingFiles() async {
    do {
      let server = try await serving.start(
        files,
        proving: { [weak self] node, statement in
          await self?.viewer(node, showing: statement) ?? .stranger
        }, rendezvous: reaching.rendezvous, credentials: credentials,
        address: listeningAddress, folder: folder.path)
      fileServer = server
      tunnels.use(server)
      await reaching.listens(at: UInt16(server.port))
      tell.yield(.givesFiles(FileOffer(port: UInt16(server.port))))
    } catch {
      log("Other machines cannot fetch files from this one: \(error)")
    }
  }

  private func stopGivingFiles() async {
    await answering.use(nil)
    tunnels.use(nil)
    await fileServer?.shutDown(within: .seconds(2))
    fileServer = nil
  }

  nonisolated func stop() {
    tell.yield(.stopAsked)
  }

  /// There is something new to publish.
  nonisolated func catalogChanged() async {
    await publisher.catalogChanged()
    await copier.catalogChanged()
  }

  nonisolated func isUnreachable(_ server: GroupServer) {
    if !server.isOwn { tell.yield(.presenceFailed(group: server.group)) }
  }

  private var renewal: CertificateRenewal {
    CertificateRenewal(
      credentials: credentials, identity: identity, central: central, log: log,
      renewed: { [tell] in tell.yield(.certificateRenewed) })
  }

  private func setTimer() {
    timer?.cancel()
    guard let wake = behaviour.nextWake else { return }
    timer = Task { [tell] in
      // Each event sets the timer anew and cancels this one.
      try? await Task.sleep(for: wake - MachineClock.now(), clock: .continuous)
      if !Task.isCancelled { tell.yield(.woke) }
    }
  }

  /// Looks at the machine now and then: it may be carried to another network.
  private func keepLooking() async {
    while !Task.isCancelled {
      // Load and free space change in minutes, and nothing tells when they do.
      try? await Task.sleep(for: .seconds(60))
      guard !Task.isCancelled else { return }
      environment = await reader.environment(after: environment)
      tell.yield(.environmentChanged(environment))
    }
  }

  private func perform(_ action: NodeAction) async {
    switch action {
    case .storeIncarnation(let number):
      do { try incarnations.store(number) } catch { complain("incarnation: \(error)") }
    case .report(let report): send(report)
    case .farewell(let farewell):
      Task { [central, tell] in
        try? await central.leave(farewell, within: .seconds(3))
        tell.yield(.farewellEnded)
      }
    case .startProcess(let run, let port):
      process.start(
        run: run, at: NetworkEndpoint(address: listeningAddress, port: port ?? 0))
    case .command(let command): process.send(command)
    case .stopProcess: process.stop()
    case .use(let server):
      self.server = server
      await publisher.use(server)
      await answering.use(server.map { CallingServer($0) })
      await reaching.use(server.map { CallingServer($0) })
    case .useStandby(let standby):
      self.standby = standby
      await copier.use(standby?.server)
    case .sendPresence(let server, let message): send(message, to: server)
    case .revoke(let delta):
      credentials.replace(RevocationList(delta, at: Date()))
    case .finished: break
    }
  }

  /// All addresses of the kind that the node is reached by; on loopback nobody else reaches it.
  private var listeningAddress: String {
    let address = environment.localAddress ?? "127.0.0.1"
    if address.hasPrefix("127.") || address == "::1" { return address }
    return address.contains(":") ? "::" : "0.0.0.0"
  }

  private func send(_ report: PlacementReport) {
    // A route may have to be traced before a first answer; a lease cannot wait that long.
    var limit = Duration.seconds(20)
    if case .serving = report.standing { limit = .seconds(4) }
    var report = report
    report.wantsBandStatement = bandStatement?.isDue(at: Date()) ?? true
    Task { [central, tell, limit, report] in
      do {
        let answer = try await central.report(report, within: limit)
        refusal = nil
        if let statement = answer.bandStatement { bandStatement = statement }
        complain("")
        tell.yield(.reportAnswered(sequence: report.sequence, answer))
      } catch {
        let problem = error as? ProblemDocument
        note(problem)
        complain(
          refusal.map { "The central server does not let this machine in: \($0)" }
            ?? "The central server cannot be asked: \(error)")
        if problem?.code == .certificateRevoked {
          tell.yield(.rightLost(sequence: report.sequence))
          return
        }
        tell.yield(
          .reportFailed(
            sequence: report.sequence,
            retryAfter: problem?.retryAfter.map { .seconds(max(0, min($0, 3600))) }))
      }
    }
  }

  /// Keeps why the central server lets nobody in with this machine's certificate.
  private func note(_ problem: ProblemDocument?) {
    guard let problem, [401, 403].contains(problem.status) else {
      refusal = nil
      return
    }
    refusal = [problem.detail, problem.remedy].filter { !$0.isEmpty }.joined(separator: " ")
  }

  private func send(_ message: PresenceMessage, to server: GroupServer) {
    Task { [client, tell] in
      do {
        let answer = try await within(.seconds(3)) {
          try await client.send(
            .post("/v1/presence", message, isRepeatable: true), to: .of(server),
            expecting: .host(of: server), as: PresenceAnswer.self)
        }
        tell.yield(.presenceAnswered(answer))
        // It may take records again.
        if answer.takesRecords { await publisher.tryAgain() }
        if answer.standby != nil { await copier.tryAgain() }
      } catch {
        tell.yield(.presenceFailed(group: server.group))
      }
    }
  }

  /// Says what is new; the same again and again is no news.
  private func complain(_ text: String) {
    guard text != lastComplaint else { return }
    lastComplaint = text
    log(text.isEmpty ? "The central server answers." : text)
  }
}

extension NetworkNode {
  /// Who asks this machine for something, as far as it is proven.
  ///
  /// - Parameter statement: what it shows of its band; nil for nothing.
  func viewer(_ node: NodeIdentity, showing statement: BandStatement?) -> Viewer {
    Viewer(
      node, showing: statement, toBand: behaviour.band?.band,
      verifiedBy: CertificateVerifier(authority: credentials.credentials.authority), at: Date())
  }

  /// Why there is no virtual server to ask; nil where there is one.
  var shortfall: String? {
    guard server == nil else { return nil }
    if let refusal { return "The central server does not let this machine in: \(refusal)" }
    return behaviour.isCentralReachable
      ? "This machine has no virtual server yet."
      : "The central server has not answered yet, so this machine has no virtual server."
  }

  /// Where it listens for other nodes; nil where it does not.
  var filePort: UInt16? { fileServer.map { UInt16($0.port) } }

  func addStatus(to status: inout DaemonStatus) async {
    status.user = membership.userid
    status.node = membership.node
    status.centralServers = membership.centralServers.map(\.description)
    status.isCentralReachable = behaviour.isCentralReachable
    status.refusal = refusal
    status.band = behaviour.band
    status.virtualServer = server?.endpoint
    status.group = server?.group
    status.epoch = server?.epoch
    status.host = server?.host
    status.standby = standby?.server.host
    status.isStandbyReady = standby?.isReady ?? false
    switch behaviour.standing {
    case .seeking: status.role = .seeking
    case .attached:
      status.role = .attached
      status.isGroupReachable = behaviour.isPresent
    case .serving(let group):
      status.role = .virtualServer
      status.clientCount = group.clients.count
      status.limitCount = group.limitCount
      status.isGroupReachable = behaviour.isProcessListening
    }
    status.publication = await publisher.state
    status.filePort = filePort
    status.certificateExpiry = Int64(
      credentials.credentials.certificate.notAfter.timeIntervalSince1970)
  }
}
