import Cascade
import RouterBands
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance

/// What every ``Cascade/RankMerging`` must do, over random lists of servers that hold copies of each
/// other's files and, though they should not, each other's records.
struct RankMergingConformance {
  let merging: any RankMerging

  /// Lists as engines make them: in the request's order, duplicates brought together if it asks so.
  static func lists(
    for request: SearchRequest, using generator: inout SeededGenerator
  ) async throws -> [RankedList] {
    var lists: [RankedList] = []
    for number in 0..<generator.number(in: 1...8) {
      var records: [Record] = []
      for _ in 0..<generator.number(in: 0...25) {
        records.append(
          RandomCollection.record(generator.number(in: 0...150), using: &generator))
      }
      let engine = try await ScatteredCollection.engine(records)
      lists.append(
        RankedList(
          server: ServerIdentifier(UInt64(number + 1)),
          nearness: SimulatedNetwork.nearness(number, band: 2),
          hits: try await engine.search(request).hits))
    }
    return lists
  }

  func check(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    var request = SearchRequest(
      query: .words(generator.one(of: ["report", "photo", "2024", "notes plan", "a"])),
      limit: 1_000,
      sort: generator.one(of: [
        .relevance, .relevance, .name(ascending: true), .size(ascending: false),
        .modified(ascending: true),
      ]), collapsesDuplicates: generator.chance(60))
    request.query = generator.chance(30) ? .everything : request.query
    let lists = try await Self.lists(for: request, using: &generator)
    let merged = merging.merge(lists, for: request)
    let context = "seed \(seed), \(request.sort)"
    checkOrderOfLists(lists, merged, request, context, &generator)
    checkRecords(lists, merged, context)
    if request.collapsesDuplicates { checkCopies(lists, merged, context) }
    checkPages(lists, merged, request, context)
  }

  private func checkOrderOfLists(
    _ lists: [RankedList], _ merged: [MergedHit], _ request: SearchRequest, _ context: String,
    _ generator: inout SeededGenerator
  ) {
    for _ in 0..<3 {
      let shuffled = lists.shuffled(using: &generator)
      #expect(merging.merge(shuffled, for: request) == merged, "\(context)")
    }
  }

  private func checkRecords(_ lists: [RankedList], _ merged: [MergedHit], _ context: String) {
    let given = Set(lists.flatMap(\.hits).flatMap { [$0.record] + $0.duplicates })
    var seen: Set<RecordKey> = []
    for hit in merged {
      #expect(hit.origins.count == 1 + hit.hit.duplicates.count, "\(context)")
      for record in [hit.hit.record] + hit.hit.duplicates {
        #expect(given.contains(record), "\(context): \(record.key) is of no list")
        #expect(seen.insert(record.key).inserted, "\(context): \(record.key) twice")
        let home = hit.origins[record.key].flatMap { server in
          lists.first { $0.server == server }
        }
        let isThere = home?.hits.contains { $0.record == record || $0.duplicates.contains(record) }
        #expect(isThere == true, "\(context): \(record.key) is not where it is said to be")
      }
    }
    let keys = Set(lists.flatMap(\.hits).flatMap { [$0.record] + $0.duplicates }.map(\.key))
    #expect(seen == keys, "\(context)")
  }

  private func checkCopies(_ lists: [RankedList], _ merged: [MergedHit], _ context: String) {
    var nearness: [ServerIdentifier: Nearness] = [:]
    for list in lists { nearness[list.server] = list.nearness }
    var hashes: Set<ContentHash> = []
    for hit in merged {
      guard let hash = hit.hit.record.contentHash else {
        #expect(hit.hit.duplicates.isEmpty, "\(context)")
        continue
      }
      #expect(hashes.insert(hash).inserted, "\(context): one content, two hits")
      #expect(hit.hit.duplicates.allSatisfy { $0.contentHash == hash }, "\(context)")
      let places = hit.hit.duplicates.compactMap { hit.origins[$0.key].flatMap { nearness[$0] } }
      #expect(
        zip(places, places.dropFirst()).allSatisfy { $0 <= $1 },
        "\(context): copies are not nearest first")
    }
  }

  /// Pages of any size, one after the other, are the whole.
  private func checkPages(
    _ lists: [RankedList], _ merged: [MergedHit], _ request: SearchRequest, _ context: String
  ) {
    for size in [1, 3, 10] {
      var pages: [MergedHit] = []
      for offset in stride(from: 0, to: merged.count, by: size) {
        var page = request
        (page.offset, page.limit) = (offset, size)
        pages += merging.merge(lists, for: page)
      }
      #expect(pages == merged, "\(context), pages of \(size)")
    }
    var beyond = request
    (beyond.offset, beyond.limit) = (.max, .max)
    #expect(merging.merge(lists, for: beyond).isEmpty, "\(context)")
    #expect(merging.merge([], for: request).isEmpty, "\(context)")
  }
}
