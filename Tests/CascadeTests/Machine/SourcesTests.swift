import Cascade
import SearchModel
import Testing

/// A file that several have is one line with every source, nearest first.
@Suite struct SourcesTests {
  private static let hash = ContentHash(bytes: Array(repeating: 7, count: ContentHash.byteCount))!
  private static let request = SearchRequest(
    query: .words("report"), limit: 1, sort: .size(ascending: false))

  private static func record(_ name: String, size: Int64, isCopy: Bool = false) -> Record {
    Record(
      key: RecordKey(name)!, filename: "report " + name, size: size,
      contentHash: isCopy ? hash : nil)
  }

  /// The largest file stands at server 4. Each other server has a copy of it that ranks below larger
  /// files of its own.
  private static func network() async throws -> ScatteredCollection {
    try await ScatteredCollection(
      (1...5).map { number in
        if number == 4 { return [record("original", size: 1_000, isCopy: true)] }
        return [
          record("large \(number)", size: 500 - Int64(number)), record("other \(number)", size: 90),
          record("copy \(number)", size: Int64(number), isCopy: true),
        ]
      })
  }

  private func copies(in course: SimulatedNetwork.Course) -> [String] {
    course.answer.hits.first?.hit.duplicates.map(\.key.value) ?? []
  }

  @Test func copiesBelowTheirOwnServersPageAreFound() async throws {
    let scattered = try await Self.network()
    let course = try await scattered.network.search(Self.request)
    let hit = try #require(course.answer.hits.first)
    #expect(course.answer.hits.count == 1)
    #expect(hit.hit.record.key.value == "original")
    #expect(hit.hit.duplicates.map(\.key.value) == ["copy 1", "copy 2", "copy 3", "copy 5"])
    let origins = hit.origins.map { "\($0.key): \($0.value)" }.sorted()
    #expect(origins == ["copy 1: 1", "copy 2: 2", "copy 3: 3", "copy 5: 5", "original: 4"])
    try await scattered.expectExact(course, Self.request)
  }

  /// The page is shown before anybody is asked for further copies.
  @Test func thePageDoesNotWaitForThem() async throws {
    var scattered = try await Self.network()
    let whole = try await scattered.network.search(Self.request)
    #expect(whole.improvements.last?.answer.hits.first?.hit.duplicates == [])
    scattered[5].delay = .milliseconds(700)
    let course = try await scattered.network.search(Self.request)
    #expect(course.finished <= CascadeLimits().deadline)
    #expect(course.answer.hits.first?.hit.record.key.value == "original")
  }

  @Test func whoCannotHaveACopyIsNotAsked() async throws {
    var scattered = try await Self.network()
    let before = try await scattered.network.search(Self.request)
    scattered.network.mayHold = { server, hash in
      #expect(hash == Self.hash)
      return server.number != 2
    }
    let course = try await scattered.network.search(Self.request)
    let (two, three) = (ServerIdentifier(2), ServerIdentifier(3))
    #expect(course.askCounts[two] == before.askCounts[two]! - 1)
    #expect(course.askCounts[three] == before.askCounts[three])
    #expect(copies(in: course) == ["copy 1", "copy 3", "copy 5"])
  }

  @Test func withoutCollapsingNobodyIsAsked() async throws {
    let scattered = try await Self.network()
    var request = Self.request
    request.collapsesDuplicates = false
    let course = try await scattered.network.search(request)
    // The own server is matched twice: by itself, and by the sum.
    #expect(course.askCounts.filter { $0.key.number > 1 }.values.allSatisfy { $0 == 2 })
    #expect(course.answer.hits.first?.hit.duplicates == [])
  }

  /// Who fails at that has answered all the same.
  @Test func whoFailsAtThatKeepsItsAnswer() async throws {
    var scattered = try await Self.network()
    scattered[3].conduct = .lying { reply in
      // Only the last question brings copies.
      if reply.answer.hits.contains(where: { $0.record.contentHash != nil }) {
        reply.answer.hits[0].weight = .nan
      }
    }
    let course = try await scattered.network.search(Self.request)
    #expect(copies(in: course) == ["copy 1", "copy 2", "copy 5"])
    #expect(course.answer.hits.first?.hit.record.key.value == "original")
  }
}
