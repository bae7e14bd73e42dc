public import Logging
import Placement
public import Protocol
public import RouterBands

/// A central server that runs: its store, its authority, placement, and what must happen every now
/// and then.
public final class CentralService: Sendable {
  public let store: any CentralStore
  public let authority: CertificateAuthority
  public let credentials: CredentialStore
  public let placement: PlacementService
  let book: RevocationBook
  let desk: EnrolmentDesk
  let clock: CentralClock
  let logger: Logger
  private let bands: BandResolver
  private let watch: OperatorWatch

  /// Reads what is stored. Nodes are placed after ``beginLeading(at:)``.
  ///
  /// - Parameters:
  ///   - trace: how routes are traced.
  ///   - rules: of enrolment.
  /// - Throws: ``CentralStoreError``, `BandRulesError`, ``AuthorityMismatch``.
  public init(
    store: any CentralStore, authority: CertificateAuthority, setup: PlacementService.Setup,
    rules: Enrolment.Rules = .init(), logger: Logger, trace: @escaping BandResolver.Trace
  ) async throws {
    let clock = CentralClock()
    let fingerprint = authority.fingerprint.description
    let adopted = try await store.adoptAuthority(fingerprint: fingerprint)
    guard adopted == fingerprint else {
      throw AuthorityMismatch(stored: adopted, present: fingerprint)
    }
    self.store = store
    self.authority = authority
    self.clock = clock
    self.logger = logger
    credentials = try CredentialStore(authority.centralServerCredentials(now: clock.date))
    book = RevocationBook()
    let bandRules = try await OperatorWatch.rules(in: store)
    bands = BandResolver(
      rules: bandRules, paths: try await store.routerPaths(), logger: logger, trace: trace)
    placement = PlacementService(
      store: store, setup: setup, bands: bands, book: book, clock: clock, logger: logger)
    desk = EnrolmentDesk(
      enrolment: Enrolment(store: store, rules: rules), authority: authority, clock: clock)
    watch = OperatorWatch(
      store: store, book: book, bands: bands, placement: placement, rules: bandRules,
      logger: logger)
    // Before the first request: nobody revoked is let in.
    try await watch.look()
  }

  /// Asks to lead, once this central server listens.
  ///
  /// - Parameter address: where nodes reach it.
  /// - Throws: ``CentralStoreError``, `InconsistentTables`.
  public func beginLeading(at address: String) async throws {
    try await placement.beginLeading(at: address)
  }

  /// Does what is due, until the task is cancelled. Trouble with the store is logged and tried again.
  public func run() async {
    await withDiscardingTaskGroup { [self] group in
      group.addTask { await self.every(.seconds(1), "time") { await self.placement.tick() } }
      group.addTask {
        await self.every(.milliseconds(self.placement.leadershipInterval), "leadership") {
          try await self.placement.keepLeading()
        }
      }
      group.addTask { await self.every(.seconds(1), "rules") { try await self.watch.look() } }
      group.addTask {
        await self.every(.seconds(3600), "certificates") {
          try self.renewCredentials()
          _ = try await self.store.forgetCertificates(expiredBefore: self.clock.wallMoment)
        }
      }
      group.addTask {
        await self.every(.seconds(86400), "routes") { await self.bands.forgetUnconfirmed() }
      }
    }
  }

  /// Lets another lead at once. For the end, when nobody is answered any more.
  public func shutDown() async {
    await placement.resign()
  }

  private func renewCredentials() throws {
    guard clock.date > credentials.credentials.certificate.renewalTime() else { return }
    try credentials.replace(authority.centralServerCredentials(now: clock.date))
  }

  private func every(
    _ interval: Duration, _ what: String, _ work: @escaping @Sendable () async throws -> Void
  ) async {
    var isFailing = false
    var next = ContinuousClock.now + interval
    while true {
      do { try await Task.sleep(until: next, clock: .continuous) } catch { return }
      // What takes longer than the interval is not made up for.
      next = max(next + interval, .now)
      do {
        try await work()
        isFailing = false
      } catch {
        if !isFailing {
          logger.error("\(what): it will be tried again", metadata: ["reason": "\(error)"])
        }
        isFailing = true
      }
    }
  }
}

/// The store belongs to another certificate authority than the one whose key is here: the nodes that
/// are registered trust that one. Bring its key back, or use another store.
public struct AuthorityMismatch: Error, Hashable, Sendable, CustomStringConvertible {
  /// Fingerprints.
  public var stored: String
  public var present: String

  public var description: String {
    "The database belongs to the authority \(stored), the key in the data directory is of "
      + "\(present). Copy authority.pem of the central server that made the database, or name "
      + "another database."
  }
}
