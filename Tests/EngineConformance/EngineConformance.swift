import SearchModel
import Testing

/// What every ``SearchModel/FullTextEngine`` must do, as checks that run against any of them.
///
///     @Test(arguments: ConformanceCheck.all)
///     func conforms(check: ConformanceCheck) async throws {
///       try await check.run(EngineConformance { MyEngine() })
///     }
///
/// The seam's documentation says what an engine is. These are the points that it leaves open; two
/// engines that hold them give the same answers bit for bit.
///
/// **Terms.** A leaf `exactly(t)` stands for the term t; `startingWith` and `containing` for all
/// terms that do so, byte for byte. A term whose first byte is A to Z lies in that letter's
/// namespace: only leaves whose own text starts with the letter reach it, and `containing` then
/// looks for the rest of its text in the rest of the term. Conversely such a leaf reaches nothing
/// outside. The occurrences of all terms that a leaf stands for are united: the bits of the short
/// fields by OR, the counts in the text by the larger. The leaf matches a record if what is united
/// touches the leaf's fields.
///
/// **Weights.** A leaf's frequency is `RelevanceModel.frequency` of the united occurrences
/// restricted to its fields; its document frequency the sum over its terms, in whatever field,
/// from the statistics in use (no entry is 0); its contribution `RelevanceModel.contribution`.
/// `all` and `any` add the contributions of the parts that match, `best` takes the largest,
/// `excluding` the first's, `everything` and `filter` give 0. `all` of nothing matches everything
/// and `any` or `best` of nothing matches nothing.
///
/// **Phrases.** A phrase matches if `PhraseMatcher` finds it in a stored field, or if its fields
/// touch the text and the positions of its text terms stand in a row. Its weight is the sum of its
/// leaves' weights in the whole record.
///
/// **Statistics.** Entries of 0 may be left out. Leaves on the excluded side are not weighted and
/// have no entry of their own.
///
/// **Order.** As the request's sort says, then weight (largest first), then key bytes. Names
/// compare by the UTF-8 bytes of `FilterValues.folded(filename)`. Descending turns the first
/// criterion only.
///
/// **Duplicates.** Of the records with one content hash the first in that order is the hit; the
/// others follow by key, at most 100. Records without a hash are never duplicates. Limit and
/// offset count hits; `matchCount` and facets count records.
///
/// **Facets.** As `FacetCounting` counts: type and extension from the folded file name, the owner's
/// user ID and the directory as they stand, the year in UTC. A record with no value is not counted.
///
/// **Requests.** A negative limit or offset is ``SearchModel/EngineError/invalidRequest(_:)``.
public struct EngineConformance: Sendable {
  /// A new, empty engine.
  public let make: @Sendable () async throws -> any FullTextEngine

  /// Closes an engine that ``make`` gave and opens what it stored; nil for engines that store
  /// nothing.
  public let reopen: (@Sendable (any FullTextEngine) async throws -> any FullTextEngine)?

  /// How much the checks with random collections do.
  public var scale: ConformanceScale

  public init(
    scale: ConformanceScale = .small,
    reopen: (@Sendable (any FullTextEngine) async throws -> any FullTextEngine)? = nil,
    make: @escaping @Sendable () async throws -> any FullTextEngine
  ) {
    self.scale = scale
    self.reopen = reopen
    self.make = make
  }

  /// A new engine that holds these records.
  func engine(holding records: [Record]) async throws -> any FullTextEngine {
    let engine = try await make()
    try await engine.apply(records.map(RecordChange.put))
    try await engine.commit(notes: [:])
    return engine
  }
}

/// How much the checks with random collections do.
public struct ConformanceScale: Hashable, Sendable {
  /// Each seed is a run of its own.
  public var seeds: [UInt64]
  /// Records put in each commit.
  public var batchSize: Int
  public var commits: Int
  /// Queries after each commit.
  public var queries: Int

  /// A few seconds in a debug build.
  public static let small = ConformanceScale(
    seeds: [1, 2, 3], batchSize: 40, commits: 4, queries: 60)

  public init(seeds: [UInt64], batchSize: Int, commits: Int, queries: Int) {
    self.seeds = seeds
    self.batchSize = batchSize
    self.commits = commits
    self.queries = queries
  }
}

/// One check, by the sentence that it proves.
public struct ConformanceCheck: Sendable, CustomTestStringConvertible {
  public let name: String
  public let run: @Sendable (EngineConformance) async throws -> Void

  init(_ name: String, run: @escaping @Sendable (EngineConformance) async throws -> Void) {
    self.name = name
    self.run = run
  }

  public var testDescription: String { name }

  /// Every check. A new one is run by every engine's tests at once.
  public static let all: [ConformanceCheck] =
    changeChecks + searchChecks + orderChecks + hostileChecks + concurrencyChecks + randomChecks
    + requirementChecks + viewChecks
}
