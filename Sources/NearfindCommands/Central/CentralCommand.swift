import ArgumentParser
import CentralServer
import Foundation
import Logging
import Protocol
import RouteTracing

/// `nearfind central`.
struct CentralCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "central",
    abstract: "Run the central server, which knows users and places nodes.",
    discussion: """
      It runs in the foreground until Ctrl-C or SIGTERM. It knows no files and sees no searches, \
      and those go on while it is down. At its first start it makes the certificate authority that \
      all nodes trust, and prints its fingerprint. Keep the data directory: who loses it registers \
      anew.

      EXAMPLES:
        nearfind central
        nearfind central --data /srv/nearfind --registration invitation
        nearfind central --database postgresql://nearfind@db/nearfind
        nearfind central --listen 10.1.2.3:7440 --address central.example:7440

      EXIT STATUS:
        0  ended by Ctrl-C or SIGTERM
        2  wrong use
        3  failed
      """
  )

  @Option(
    help: ArgumentHelp(
      "Where to listen; port 0 takes one that is free.",
      discussion: "Default: [::]:7440, which is all addresses of the machine.",
      valueName: "address:port"))
  var listen: ListenAddress?

  @Option(
    help: ArgumentHelp(
      "Where others reach this server, for what it prints and tells.",
      discussion: "Default: the machine's name and the port that it listens at.",
      valueName: "host:port"))
  var address: ListenAddress?

  @Option(
    help: """
      Who may register: open, invitation (see nearfind admin invite) or closed. It is remembered; \
      open at first.
      """)
  var registration: RegistrationMode?

  @OptionGroup var options: CentralOptions

  func run() async throws {
    let console = Console.standard
    let directory = try options.directory(console)
    try directory.create()
    let lock = try directory.lock()
    defer { withExtendedLifetime(lock) {} }
    let authority = try CertificateAuthority.open(folder: directory.authorityPath, now: Date())
    let database = try options.postgreSQL(console)
    let store: any CentralStore
    if let database {
      store = try await PostgreSQLCentralStore(database)
    } else {
      store = try await SQLiteCentralStore(path: directory.databasePath)
    }
    if let registration {
      var settings = try await store.settings()
      settings.registration = registration
      try await store.setSettings(settings)
    }
    try await Interruption.cancelling {
      try await serve(store, isShared: database != nil, authority, console)
    } onInterruption: {
      console.complain("Ending.")
    }
  }

  /// Serves until the task is cancelled, and then ends in order.
  private func serve(
    _ store: any CentralStore, isShared: Bool, _ authority: CertificateAuthority, _ console: Console
  ) async throws {
    let logger = Logger(label: "nearfind.central")
    let tracer = try PacedTracer()
    var setup = PlacementService.Setup()
    setup.isShared = isShared
    let service = try await CentralService(
      store: store, authority: authority, setup: setup, logger: logger
    ) { address throws(RouteTracingError) in try await tracer.route(to: address) }
    let (endpoint, bound) = try await start(service)
    let reached = advertised(bound)
    try await service.beginLeading(at: reached.description)
    let registration = try await store.settings().registration
    console.output.emit(
      announcement(bound, reached, authority.fingerprint, registration))
    await service.run()
    // Not in this task, which is cancelled.
    await Task {
      await endpoint.shutDown(within: .seconds(5))
      await service.shutDown()
    }.value
  }

  /// - Returns: the endpoint, and where it listens.
  private func start(
    _ service: CentralService
  ) async throws -> (CentralEndpoint, ListenAddress) {
    func start(_ address: ListenAddress) async throws -> (CentralEndpoint, ListenAddress) {
      let endpoint = try await CentralEndpoint.start(
        service, host: address.host, port: address.port, version: NearfindCommand.version)
      return (endpoint, ListenAddress(host: address.host, port: endpoint.port))
    }
    let everywhere = ListenAddress(host: "::", port: listen?.port ?? ListenAddress.standardPort)
    if let listen, listen != everywhere { return try await start(listen) }
    do {
      return try await start(everywhere)
    } catch ServerStartError.addressUnusable {
      // A machine without IPv6.
      return try await start(ListenAddress(host: "0.0.0.0", port: everywhere.port))
    }
  }

  private func advertised(_ bound: ListenAddress) -> ListenAddress {
    if let address { return address }
    guard bound.isEveryAddress else { return bound }
    return ListenAddress(host: ProcessInfo.processInfo.hostName, port: bound.port)
  }

  private func announcement(
    _ bound: ListenAddress, _ reached: ListenAddress, _ fingerprint: AuthorityFingerprint,
    _ registration: RegistrationMode
  ) -> String {
    let rule =
      switch registration {
      case .open: "Anybody may register."
      case .invitation: "Whoever has an invitation may register: nearfind admin invite"
      case .closed: "Nobody may register."
      }
    return """
      The central server listens at \(bound). \(rule)
      Fingerprint: \(fingerprint)
      On each machine:
        nearfind register \(reached) --fingerprint \(fingerprint)

      """
  }
}
