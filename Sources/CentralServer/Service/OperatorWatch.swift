import Logging
import Placement
import Protocol
import RouterBands

/// Notices what an operator changes in the store beside the running central server: revocations and
/// the rules of bands. Who may register is looked up at each registration.
public actor OperatorWatch {
  private let store: any CentralStore
  private let book: RevocationBook
  private let bands: BandResolver
  private let placement: PlacementService
  private let logger: Logger
  private var rules: BandRules
  /// What was revoked before this central server started, its nodes know of.
  private var hasLooked = false

  public init(
    store: any CentralStore, book: RevocationBook, bands: BandResolver,
    placement: PlacementService, rules: BandRules, logger: Logger
  ) {
    self.store = store
    self.book = book
    self.bands = bands
    self.placement = placement
    self.rules = rules
    self.logger = logger
  }

  /// The stored rules of bands.
  ///
  /// - Throws: ``CentralStoreError``, `BandRulesError`.
  public static func rules(in store: any CentralStore) async throws -> BandRules {
    try BandRules(
      overrides: try await store.bandOverrides(),
      ipv6PrefixLength: try await store.settings().ipv6PrefixLength)
  }

  /// Looks once. Call it every second.
  ///
  /// - Throws: ``CentralStoreError``, `BandRulesError`; what was known before still holds.
  public func look() async throws {
    try await lookForRevocations()
    let found = try await Self.rules(in: store)
    guard found != rules else { return }
    rules = found
    await bands.use(found)
    await placement.decideBandsAnew()
    logger.notice("The rules of bands were changed")
  }

  private func lookForRevocations() async throws(CentralStoreError) {
    while true {
      let changes = try await store.revocations(after: book.revision, limit: 1000)
      book.apply(changes)
      for entry in changes.entries where entry.isRevoked && hasLooked {
        logger.notice("A right was taken back", metadata: ["subject": "\(entry.subject)"])
        for node in try await nodes(of: entry.subject) { await placement.expel(node) }
      }
      if changes.isLast { break }
    }
    hasLooked = true
  }

  private func nodes(of subject: RevocationSubject) async throws(CentralStoreError) -> [NodeID] {
    switch subject {
    case .node(let node): [node]
    case .user(let user): try await store.nodeCredentials(of: user).map(\.node)
    }
  }
}
