import Cascade
import RouterBands
import SearchModel
import Testing

/// Both ways to merge keep to the seam's rules, and each to its own.
@Suite struct RankMergingTests {
  static let mergings: [any RankMerging] = [ExactMerging(), ReciprocalRankFusion()]

  @Test(arguments: mergings.indices, 0..<40)
  func conforms(merging: Int, seed: Int) async throws {
    try await RankMergingConformance(merging: Self.mergings[merging]).check(seed: UInt64(seed))
  }

  private static func list(
    _ number: Int, _ hits: [(name: String, weight: Double, hash: UInt8?)]
  ) -> RankedList {
    RankedList(
      server: ServerIdentifier(UInt64(number)), nearness: SimulatedNetwork.nearness(number),
      hits: hits.map { name, weight, hash in
        Hit(
          record: Record(
            key: RecordKey("\(name)@\(number)")!, filename: name,
            contentHash: hash.flatMap {
              ContentHash(bytes: Array(repeating: $0, count: ContentHash.byteCount))
            }), weight: weight)
      })
  }

  private func keys(_ hits: [MergedHit]) -> [String] { hits.map(\.hit.record.key.value) }

  @Test func exactMergingOrdersByWeightThenNearnessThenKey() {
    let far = Self.list(7, [("b", 2, nil), ("a", 1, nil)])
    let near = Self.list(3, [("z", 2, nil), ("d", 1, nil), ("c", 1, nil)])
    let merged = ExactMerging().merge([far, near], for: SearchRequest(query: .everything))
    #expect(keys(merged) == ["z@3", "b@7", "c@3", "d@3", "a@7"])
    #expect(merged.map(\.hit.weight) == [2, 2, 1, 1, 1])
  }

  /// The copy that ranks best stands for all, and keeps its weight.
  @Test func exactMergingKeepsTheBestCopy() {
    let far = Self.list(7, [("b", 3, 9)])
    let near = Self.list(3, [("a", 2, 8), ("b", 1, 9)])
    let merged = ExactMerging().merge([near, far], for: SearchRequest(query: .everything))
    #expect(keys(merged) == ["b@7", "a@3"])
    #expect(merged[0].hit.weight == 3)
    #expect(merged[0].hit.duplicates.map(\.key.value) == ["b@3"])
  }

  @Test func fusionKnowsRanksAlone() {
    let request = SearchRequest(query: .everything)
    let near = Self.list(3, [("a", 0.001, nil), ("b", 0.0001, nil)])
    let far = Self.list(7, [("c", 900, nil), ("d", 800, nil)])
    let merged = ReciprocalRankFusion().merge([far, near], for: request)
    #expect(keys(merged) == ["a@3", "c@7", "b@3", "d@7"])
    let (first, second): (Double, Double) = (1 / 61, 1 / 62)
    #expect(merged.map(\.hit.weight) == [first, first, second, second])
  }

  /// What two servers have counts more than what stands above it in one of them.
  @Test func fusionAddsUpTheRanksOfCopies() {
    let near = Self.list(3, [("a", 5, nil), ("same", 4, 1)])
    let far = Self.list(7, [("b", 5, nil), ("same", 4, 1)])
    let merged = ReciprocalRankFusion().merge([near, far], for: SearchRequest(query: .everything))
    #expect(keys(merged) == ["same@3", "a@3", "b@7"])
    let second: Double = 1 / 62
    #expect(merged[0].hit.weight == second + second)
    let apart = ReciprocalRankFusion().merge(
      [near, far], for: SearchRequest(query: .everything, collapsesDuplicates: false))
    #expect(keys(apart) == ["a@3", "b@7", "same@3", "same@7"])
  }

  @Test func theConstantSaysHowMuchTheFirstRanksCount() {
    let near = Self.list(3, [("a", 5, nil), ("same", 4, 1)])
    let far = Self.list(7, [("b", 5, nil), ("c", 4, nil), ("same", 3, 1)])
    let request = SearchRequest(query: .everything)
    let (mild, strict) = (ReciprocalRankFusion(constant: 60), ReciprocalRankFusion(constant: 0))
    #expect(keys(mild.merge([near, far], for: request))[0] == "same@3")
    #expect(keys(strict.merge([near, far], for: request))[0] == "a@3")
  }

  /// A cascade that ranks by another rule still covers what it says.
  @Test func aCascadeRunsWithEither() async throws {
    let scattered = try await ScatteredCollection(named: [["report a"], ["report b", "report c"]])
    let request = SearchRequest(query: .words("report"))
    let course = try await scattered.network.search(request, merging: ReciprocalRankFusion())
    #expect(course.answer.hits.map(\.hit.record.filename) == ["report a", "report b", "report c"])
    #expect(course.answer.completeness.isComplete)
  }
}
