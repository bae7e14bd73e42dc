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
    /// Of what was hidden.
    var look: ShareBook.Look
  }

  private let engine: any FullTextEngine
  private let shares: ShareBook
  private let naming: RevisionNaming
  /// By whether it is for the band.
  private var made: [Bool: Made] = [:]
  private var making: [Bool: Task<Made, any Error>] = [:]

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
  /// - Throws: ``SearchModel/EngineError``.
  func answer(to request: FilterRequest, isForBand: Bool = false) async throws -> FilterAnswer {
    let made = try await current(isForBand)
    return FilterAnswer(
      revision: made.revision, filter: request.known == made.revision ? nil : made.text,
      age: max(0, Int64((ContinuousClock.now - made.time).milliseconds.rounded(.up))),
      isTooLarge: made.text == nil, visibility: made.look.note?.version)
  }

  private func current(_ isForBand: Bool) async throws -> Made {
    while true {
      let made = try await newest(isForBand)
      // What was hidden since must not be told of, whatever it costs to make another one.
      if shares.isCurrent(made.look) { return made }
      if self.made[isForBand]?.revision == made.revision { self.made[isForBand] = nil }
    }
  }

  private func newest(_ isForBand: Bool) async throws -> Made {
    let now = ContinuousClock.now
    let look = shares.look(by: Viewer(userID: nil, isInOwnersBand: isForBand))
    let revision = naming.name(of: try await engine.revision(), without: look.hidden)
    if var made = made[isForBand], made.revision == revision {
      made.time = now
      // The same is hidden, though perhaps from others than before.
      if shares.isCurrent(look) { made.look = look }
      self.made[isForBand] = made
      return made
    }
    if let made = made[isForBand], shares.isCurrent(made.look) {
      let interval = made.text == nil ? Self.tooLargeInterval : Self.shortestInterval
      if now - made.time < interval { return made }
    }
    if let making = making[isForBand] { return try await making.value }
    let task = Task(priority: .utility) { [engine, naming, byteLimit] in
      let time = ContinuousClock.now
      let terms = try await engine.view(without: look.hidden).termFingerprints()
      let revision = naming.name(of: terms.revision, without: look.hidden)
      guard TermFilter.encodedByteCount(of: terms.values.count) <= byteLimit else {
        return Made(revision: revision, text: nil, time: time, look: look)
      }
      let bytes = TermFilter(terms.named(revision)).encoded
      return Made(
        revision: revision, text: Data(bytes).base64EncodedString(), time: time, look: look)
    }
    making[isForBand] = task
    defer { making[isForBand] = nil }
    let made = try await task.value
    self.made[isForBand] = made
    return made
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
