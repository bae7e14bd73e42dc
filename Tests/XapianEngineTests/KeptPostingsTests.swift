internal import CXapian
import Foundation
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance
@testable import XapianEngine

/// What is kept of one search for the next changes no answer and stays within its limit.
///
/// The limit is the process's: other tests run meanwhile with what this one sets, and are right
/// with any.
@Suite("Posting lists kept decoded") struct KeptPostingsTests {
  @Test func wordsAskedForAgainAreKeptWithinTheLimit() async throws {
    var generator = SeededGenerator(seed: 7)
    let words = (0..<40).map { "word\($0)" }
    let records = (0..<1_000).map { number in
      let names = (0..<6).map { _ in generator.one(of: words) }
      return Record(
        key: RandomCollection.key(number), filename: names.joined(separator: " ") + ".txt")
    }
    let folder = try TemporaryFolder()
    let engine = try XapianEngine(directory: folder.path, access: .writing)
    try await engine.apply(records.map(RecordChange.put))
    try await engine.commit(notes: [:])
    let requests = (0..<100).map { _ in
      SearchRequest(
        query: .all(
          [generator.one(of: words), generator.one(of: words)].map {
            .word($0, field: generator.chance(30) ? .title : nil)
          }))
    }

    // A hit tells by its record and weight; lists of some 140 documents take about 700 bytes.
    let limit = 20_000
    cxapian_limit_kept_bytes(0)
    defer { cxapian_limit_kept_bytes(cxapian_standard_kept_bytes) }
    var expected: [SearchAnswer] = []
    for request in requests { expected.append(try await engine.search(request)) }
    let before = cxapian_kept_byte_count()
    cxapian_limit_kept_bytes(before + limit)
    var most = 0
    for _ in 0..<3 {
      for (request, answer) in zip(requests, expected) {
        #expect(try await engine.search(request) == answer, "\(request)")
        most = max(most, cxapian_kept_byte_count())
      }
    }
    #expect(most > limit / 2, "hardly anything was kept: nothing is proven")
    #expect(most <= before + limit)
  }
}
