import Cascade
import Foundation
import Protocol
import SearchModel

/// The filter of the own index's terms, for others to prune by. It is made when somebody asks, of one
/// revision, and no more often than it is worth; an older one says how old it is.
actor FilterOffer {
  private struct Made {
    var revision: Revision
    var text: String
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

  /// - Parameter naming: the one that statistics go by as well.
  init(engine: any FullTextEngine, naming: RevisionNaming = RevisionNaming()) {
    self.engine = engine
    self.naming = naming
  }

  /// - Throws: ``SearchModel/EngineError``.
  func answer(to request: FilterRequest) async throws -> FilterAnswer {
    let made = try await current()
    return FilterAnswer(
      revision: made.revision, filter: request.known == made.revision ? nil : made.text,
      age: max(0, Int64((ContinuousClock.now - made.time).milliseconds.rounded(.up))))
  }

  private func current() async throws -> Made {
    let now = ContinuousClock.now
    let revision = naming.name(of: try await engine.revision())
    if var made, made.revision == revision {
      made.time = now
      self.made = made
      return made
    }
    if let made, now - made.time < Self.shortestInterval { return made }
    if let making { return try await making.value }
    let task = Task(priority: .utility) { [engine, naming] in
      let time = ContinuousClock.now
      let terms = try await engine.termFingerprints()
      let revision = naming.name(of: terms.revision)
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
