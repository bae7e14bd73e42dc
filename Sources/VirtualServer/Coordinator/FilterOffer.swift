import Cascade
import Foundation
import Protocol
import SearchModel

/// The filter of the own index's terms, for others to prune by, as far as everyone may see them who asks
/// through one coordinator: everyone in the band, or everyone. It is made when somebody asks, of one
/// revision, and no more often than it is worth; an older one says how old it is.
actor FilterOffer {
  private struct Made {
    var revision: Revision
    /// Nil where nobody would take it, because it is too large.
    var text: String?
    /// When the index had this revision for certain.
    var time: ContinuousClock.Instant
  }

  private let engine: any FullTextEngine
  private let shares: ShareBook
  private let naming: RevisionNaming
  /// By the shares that are left out; of what is asked for at present.
  private var made: [Set<ShareLabel>: Made] = [:]
  private var making: [Set<ShareLabel>: (look: ShareBook.Look, task: Task<Made, any Error>)] = [:]

  /// A filter of a large index takes a while to make, and its index changes all the time while
  /// somebody publishes.
  static let shortestInterval: Duration = .seconds(2)

  /// An index that is too large for a filter does not become small soon, and to find that out takes
  /// longest of all.
  static let tooLargeInterval: Duration = .seconds(600)

  private let byteLimit: Int

  /// - Parameters:
  ///   - naming: the one that statistics go by as well.
  ///   - byteLimit: of an encoded filter.
  init(
    engine: any FullTextEngine, shares: ShareBook = ShareBook(),
    naming: RevisionNaming = RevisionNaming(), byteLimit: Int = TermFilter.standardByteLimit
  ) {
    self.engine = engine
    self.shares = shares
    self.naming = naming
    self.byteLimit = byteLimit
  }

  /// - Parameter isForBand: whether who asks is in the band of those whose index it is.
  /// - Throws: ``SearchModel/EngineError``, ``Protocol/ProblemDocument``.
  func answer(to request: FilterRequest, isForBand: Bool = false) async throws -> FilterAnswer {
    for _ in 0..<GatedIndex.mostTries {
      let look = shares.look(by: Viewer(userID: nil, isInOwnersBand: isForBand))
      let made = try await current(look)
      // What came in meanwhile may be hidden, and in the filter.
      guard shares.isCurrent(look) else { continue }
      return FilterAnswer(
        revision: made.revision, filter: request.known == made.revision ? nil : made.text,
        age: max(0, Int64((ContinuousClock.now - made.time).milliseconds.rounded(.up))),
        isTooLarge: made.text == nil, visibility: look.note?.version)
    }
    throw ProblemDocument.notSettled
  }

  private func current(_ look: ShareBook.Look) async throws -> Made {
    let now = ContinuousClock.now
    let revision = naming.name(of: try await engine.revision(), without: look.hidden)
    if var made = made[look.hidden] {
      if made.revision == revision {
        made.time = now
        self.made[look.hidden] = made
        return made
      }
      let interval = made.text == nil ? Self.tooLargeInterval : Self.shortestInterval
      if now - made.time < interval { return made }
    }
    if let making = making[look.hidden], shares.isCurrent(making.look) {
      return try await making.task.value
    }
    let task = Task(priority: .utility) { [engine, naming, byteLimit] in
      let time = ContinuousClock.now
      let terms = try await engine.view(without: look.hidden).termFingerprints()
      let revision = naming.name(of: terms.revision, without: look.hidden)
      guard TermFilter.encodedByteCount(of: terms.values.count) <= byteLimit else {
        return Made(revision: revision, text: nil, time: time)
      }
      let bytes = TermFilter(terms.named(revision)).encoded
      return Made(
        revision: revision, text: Data(bytes).base64EncodedString(), time: time)
    }
    making[look.hidden] = (look, task)
    let result = await task.result
    making[look.hidden] = nil
    let made = try result.get()
    if shares.isCurrent(look) { keep(made, without: look.hidden) }
    return made
  }

  /// One for the band and one for everyone; of former times none.
  private func keep(_ made: Made, without hidden: Set<ShareLabel>) {
    let present = [false, true].map {
      shares.look(by: Viewer(userID: nil, isInOwnersBand: $0)).hidden
    }
    self.made = self.made.filter { present.contains($0.key) }
    self.made[hidden] = made
  }
}

extension TermFilter {
  /// Of the text of an answer: the largest filter in Base64 is one string of it.
  static let json = JSONLimits(
    byteCount: standardByteLimit / 3 * 4 + 1024, depth: 8, valueCount: 100,
    stringByteCount: standardByteLimit / 3 * 4 + 4)

  /// - Throws: why it is none.
  static func decoded(fromBase64 text: String) throws -> (filter: TermFilter, byteCount: Int) {
    guard let data = Data(base64Encoded: text) else {
      throw ServerFailure.refused("Its filter is not Base64.")
    }
    return (try TermFilter(decoding: Array(data)), data.count)
  }
}
