import Cascade
import SearchModel
import Testing

/// A server that says what cannot be is named with the reason, and the ranking is that without it.
@Suite struct LiarTests {
  private static let request = SearchRequest(
    query: .words("report"), limit: 20, facets: [.fileExtension])
  private static let liar = 4

  private static func network() async throws -> ScatteredCollection {
    try await ScatteredCollection(
      named: (1...5).map { number in
        (1...3).map { "report \(number) \($0).pdf" } + ["other \(number)"]
      })
  }

  struct Lie: CustomTestStringConvertible {
    var name: String
    /// Part of what is said of it.
    var reason: String
    var tell: @Sendable (inout MatchReply) -> Void

    var testDescription: String { name }
  }

  private static func changingFirst(
    _ name: String, _ reason: String, _ change: @escaping @Sendable (inout Hit) -> Void
  ) -> Lie {
    Lie(name: name, reason: reason) { change(&$0.answer.hits[0]) }
  }

  private static let contribution = Explanation.Contribution(
    leaf: "report", fields: [.name], weight: 1, documentFrequency: 1)

  private static func explaining(
    _ name: String, _ reason: String,
    _ change: @escaping @Sendable (inout Explanation.Contribution) -> Void
  ) -> Lie {
    changingFirst(name, reason) { hit in
      var part = contribution
      change(&part)
      hit.explanation = Explanation(contributions: [part])
    }
  }

  static let lies: [Lie] = [
    Lie(name: "more than asked for", reason: "21 hits, and 20 were asked for") { reply in
      let hit = reply.answer.hits[0]
      reply.answer.hits = (0..<21).map { number in
        var copy = hit
        copy.record.key = RecordKey("\(number)")!
        return copy
      }
    },
    changingFirst("weight NaN", "weight of nan") { $0.weight = .nan },
    changingFirst("weight without end", "weight of inf") { $0.weight = .infinity },
    changingFirst("negative weight", "weight of -1") { $0.weight = -1 },
    changingFirst("a weight that nothing has", "weight of 1e+30") { $0.weight = 1e30 },
    Lie(name: "out of order", reason: "not in order") { $0.answer.hits.reverse() },
    Lie(name: "twice", reason: "one record twice") { $0.answer.hits.append($0.answer.hits[0]) },
    changingFirst("a duplicate without a hash", "duplicates that are none") { hit in
      hit.duplicates = [hit.record]
    },
    changingFirst("a duplicate of another content", "duplicates that are none") { hit in
      var other = hit.record
      hit.record.contentHash = ContentHash(bytes: Array(repeating: 1, count: 32))
      other.contentHash = ContentHash(bytes: Array(repeating: 2, count: 32))
      hit.duplicates = [other]
    },
    changingFirst("more duplicates than a hit has", "duplicates that are none") { hit in
      hit.record.contentHash = ContentHash(bytes: Array(repeating: 1, count: 32))
      hit.duplicates = Array(repeating: hit.record, count: 101)
    },
    changingFirst("the folder above as name", "not the name of a file") {
      $0.record.filename = ".."
    },
    changingFirst("a path as name", "not the name of a file") {
      $0.record.filename = "../../.ssh/id"
    },
    changingFirst("no name", "not the name of a file") { $0.record.filename = "" },
    changingFirst("a way out of the folder", "leads out of its folder") {
      $0.record.directory = "a/../../b"
    },
    changingFirst("negative size", "negative size") { $0.record.size = -1 },
    changingFirst("a name without end", "filename is too long") {
      $0.record.filename = String(repeating: "a", count: 1_025)
    },
    changingFirst("a folder without end", "directory is too long") {
      $0.record.directory = String(repeating: "a", count: 16 * 1_024 + 1)
    },
    changingFirst("a title without end", "title is too long") {
      $0.record.title = String(repeating: "a", count: 4 * 1_024 + 1)
    },
    changingFirst("keywords without end", "longer keywords") {
      $0.record.keywords = Array(repeating: "a", count: 1_025)
    },
    changingFirst("a keyword without end", "longer keywords") {
      $0.record.keywords = [String(repeating: "a", count: 1_025)]
    },
    changingFirst("an owner without end", "owner is too long") {
      $0.record.owner.userID = String(repeating: "a", count: 1_025)
    },
    changingFirst("the text of a file", "comes with its text") { $0.record.text = "text" },
    changingFirst("a name to sort by without end", "to sort by that is too long") {
      $0.sortText = String(repeating: "a", count: 16 * 1_024 + 1)
    },
    explaining("an explanation by a huge weight", "explains a hit by a weight of 1e+300") {
      $0.weight = 1e300
    },
    explaining("an explanation by a negative weight", "explains a hit by a weight of -1") {
      $0.weight = -1
    },
    explaining("an explanation by a leaf without end", "by a term that cannot be") {
      $0.leaf = String(repeating: "a", count: 65 * 1_024 + 1)
    },
    explaining("an explanation by less than no files", "by a term that cannot be") {
      $0.documentFrequency = -1
    },
    changingFirst("an explanation without end", "explains a hit by 50001 terms") {
      $0.explanation = Explanation(contributions: Array(repeating: contribution, count: 50_001))
    },
    Lie(name: "a value without end", reason: "fileExtension that is too long") {
      let value = String(repeating: "a", count: 16 * 1_024 + 1)
      $0.answer.facets[.fileExtension] = [FacetCount(value: value, count: 1)]
    },
    Lie(name: "negative count", reason: "matches") { $0.answer.matchCount = .exactly(-1) },
    Lie(name: "bounds the wrong way", reason: "5 to 4 matches") {
      $0.answer.matchCount = .between(5, 4)
    },
    Lie(name: "a billion matches", reason: "matches") {
      $0.answer.matchCount = .exactly(1_000_000_000)
    },
    Lie(name: "hits without matches", reason: "0 to 0 matches") {
      $0.answer.matchCount = .exactly(0)
    },
    Lie(name: "facets of nothing", reason: "counts by fileExtension") {
      $0.answer.facets[.fileExtension] = [FacetCount(value: "pdf", count: -3)]
    },
    Lie(name: "more of a facet than matches", reason: "counts by fileExtension") {
      $0.answer.facets[.fileExtension] = [FacetCount(value: "pdf", count: 1_000)]
    },
    Lie(name: "another revision and no word of it", reason: "does not say what it holds") {
      $0.answer.revision = Revision(77)
      $0.statistics = nil
    },
    Lie(name: "new statistics that cannot be", reason: "-5 records") {
      $0.answer.revision = Revision(77)
      $0.statistics = ServerStatistics(
        revision: Revision(77), statistics: CollectionStatistics(documentCount: -5))
    },
  ]

  typealias StatisticsLie = @Sendable (inout CollectionStatistics) -> Void

  static let statisticsLies: [(reason: String, tell: StatisticsLie)] =
    [
      ("-1 records", { $0.documentCount = -1 }),
      ("1000000000 records", { $0.documentCount = 1_000_000_000 }),
      ("total length of -1", { $0.totalLength = -1 }),
      ("total length of", { $0.totalLength = .max }),
      ("-7 of its records", { $0.documentFrequencies["report"] = -7 }),
      ("of its records hold", { $0.documentFrequencies["report"] = .max }),
      (
        "statistics of",
        { statistics in
          for number in 0...100_000 { statistics.documentFrequencies["\(number)"] = 1 }
        }
      ),
    ]

  private func expectRefused(
    _ scattered: ScatteredCollection, _ course: SimulatedNetwork.Course, _ reason: String
  ) async throws {
    #expect(scattered.numbers(of: .refused, in: course.answer) == [Self.liar])
    #expect(scattered.numbers(of: .answered, in: course.answer) == [1, 2, 3, 5])
    let said = course.answer.reports.first { $0.outcome == .refused }?.reason ?? ""
    #expect(said.contains(reason))
    try await scattered.expectExact(course, Self.request)
    #expect(course.answer.matchCount == .exactly(12))
    #expect(course.answer.facets == [.fileExtension: [FacetCount(value: "pdf", count: 12)]])
    for improvement in course.improvements {
      let covered = scattered.numbers(of: .answered, in: improvement.answer)
      #expect(!covered.contains(Self.liar))
    }
  }

  @Test(arguments: lies)
  func isLeftOut(lie: Lie) async throws {
    var scattered = try await Self.network()
    scattered[Self.liar].conduct = .lying(lie.tell)
    let course = try await scattered.network.search(Self.request)
    try await expectRefused(scattered, course, lie.reason)
  }

  /// Statistics that could be true move everybody's weights, until their author is found out.
  @Test(arguments: lies)
  func itsStatisticsAreLeftOutToo(lie: Lie) async throws {
    var scattered = try await Self.network()
    scattered[Self.liar].conduct = .lyingThroughout(
      { statistics in
        statistics.statistics.documentCount = 1_000_000
        statistics.statistics.totalLength = 90_000_000
        for leaf in statistics.statistics.documentFrequencies.keys {
          statistics.statistics.documentFrequencies[leaf] = 900_000
        }
      }, lie.tell)
    let course = try await scattered.network.search(Self.request)
    try await expectRefused(scattered, course, lie.reason)
  }

  @Test(arguments: statisticsLies.indices)
  func isLeftOutForItsStatistics(number: Int) async throws {
    let lie = Self.statisticsLies[number]
    var scattered = try await Self.network()
    scattered[Self.liar].conduct = .lyingAboutStatistics { lie.tell(&$0.statistics) }
    let course = try await scattered.network.search(Self.request)
    try await expectRefused(scattered, course, lie.reason)
    // It was not even asked for matches.
    #expect(course.askCounts[ServerIdentifier(UInt64(Self.liar))] == 1)
  }
}
