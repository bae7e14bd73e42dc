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
  /// What was revoked before this central server started is no news.
  private var hasLooked = false
  /// Whose nodes are still to be expelled from their groups.
  private var toExpel: [RevocationSubject] = []
  /// The leadership for which that is known.
  private var term: Term?

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
    try await expelRevoked()
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
      for entry in changes.entries {
        toExpel.removeAll { $0 == entry.subject }
        guard entry.isRevoked else { continue }
        toExpel.append(entry.subject)
        guard hasLooked else { continue }
        logger.notice("A right was taken back", metadata: ["subject": "\(entry.subject)"])
      }
      if changes.isLast { break }
    }
    hasLooked = true
  }

  /// Ends the memberships of whose right was taken back: also of those whose was while nobody led,
  /// or another did.
  private func expelRevoked() async throws(CentralStoreError) {
    guard let present = await placement.term else { return }
    if term != present {
      toExpel = book.revokedSubjects
      term = present
    }
    while let subject = toExpel.first {
      for node in try await nodes(of: subject) {
        // One that cannot be now is when this central server next looks.
        guard await placement.expel(node) else { return }
      }
      toExpel.removeFirst()
    }
  }

  private func nodes(of subject: RevocationSubject) async throws(CentralStoreError) -> [NodeID] {
    switch subject {
    case .node(let node): [node]
    case .user(let user): try await store.nodeCredentials(of: user).map(\.node)
    }
  }
}
