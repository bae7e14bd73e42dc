import Cascade
import Foundation
import Protocol
import SearchModel

/// The filter of the own index's terms, for others to prune by. It is made when somebody asks, of one
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
  private let naming: RevisionNaming
  private var made: Made?
  private var making: Task<Made, any Error>?

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
    engine: any FullTextEngine, naming: RevisionNaming = RevisionNaming(),
    byteLimit: Int = TermFilter.standardByteLimit
  ) {
    self.engine = engine
    self.naming = naming
    self.byteLimit = byteLimit
  }

  /// - Throws: ``SearchModel/EngineError``.
  func answer(to request: FilterRequest) async throws -> FilterAnswer {
    let made = try await current()
    return FilterAnswer(
      revision: made.revision, filter: request.known == made.revision ? nil : made.text,
      age: max(0, Int64((ContinuousClock.now - made.time).milliseconds.rounded(.up))),
      isTooLarge: made.text == nil)
  }

  private func current() async throws -> Made {
    let now = ContinuousClock.now
    let revision = naming.name(of: try await engine.revision())
    if var made, made.revision == revision {
      made.time = now
      self.made = made
      return made
    }
    if let made {
      let interval = made.text == nil ? Self.tooLargeInterval : Self.shortestInterval
      if now - made.time < interval { return made }
    }
    if let making { return try await making.value }
    let task = Task(priority: .utility) { [engine, naming, byteLimit] in
      let time = ContinuousClock.now
      let terms = try await engine.termFingerprints()
      let revision = naming.name(of: terms.revision)
      guard TermFilter.encodedByteCount(of: terms.values.count) <= byteLimit else {
        return Made(revision: revision, text: nil, time: time)
      }
      let bytes = TermFilter(terms.named(revision)).encoded
      return Made(
        revision: revision, text: Data(bytes).base64EncodedString(), time: time)
    }
    making = task
    defer { making = nil }
    let made = try await task.value
    self.made = made
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
