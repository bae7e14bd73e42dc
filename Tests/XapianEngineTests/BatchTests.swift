import Foundation
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance
@testable import XapianEngine

/// One batch becomes many runs and parts, and is the batch still.
@Suite("A batch of several runs") struct BatchTests {
  private let folder: TemporaryFolder
  private let index: IndexFiles

  init() throws {
    folder = try TemporaryFolder()
    index = IndexFiles(path: folder.path + "/index")
  }

  private func writer() throws -> IndexWriter { try IndexWriter(index, runLimit: 20) }

  /// The size of each record, by key; a record that is found twice is an issue.
  private func stored() async throws -> [RecordKey: Int64] {
    let engine = try XapianEngine(directory: index.path, access: .reading)
    let answer = try await engine.search(SearchRequest(query: .everything, limit: .max))
    let records = answer.hits.map(\.record)
    #expect(try await engine.verify().isEmpty)
    #expect(try await engine.statistics(for: .nothing).documentCount == records.count)
    return Dictionary(records.map { ($0.key, $0.size) }) { first, _ in
      Issue.record("a record is there twice")
      return first
    }
  }

  private func put(_ number: Int, _ size: Int64 = 0) -> RecordChange {
    .put(Record(key: RandomCollection.key(number), filename: "\(number).txt", size: size))
  }

  private func remove(_ number: Int) -> RecordChange { .remove(RandomCollection.key(number)) }

  @Test func holdsMoreRecordsThanOneRun() async throws {
    let writer = try writer()
    try writer.apply((0..<105).map { put($0, Int64($0)) })
    _ = try writer.commit(notes: [:])
    #expect(
      try await stored()
        == Dictionary(uniqueKeysWithValues: (0..<105).map { (RandomCollection.key($0), Int64($0)) })
    )
  }

  @Test func theLastChangeOfAKeyWinsAcrossRuns() async throws {
    let writer = try writer()
    // Key 1000 in every run; 1001 put, removed, put; 1002 put and removed later.
    for part in 0..<5 {
      try writer.apply([put(1000, Int64(part))])
      switch part {
      case 0: try writer.apply([put(1001, 7), put(1002)])
      case 1: try writer.apply([remove(1001)])
      case 2: try writer.apply([put(1001, 8), remove(1002)])
      default: break
      }
      try writer.apply((0..<25).map { put(part * 25 + $0) })
    }
    _ = try writer.commit(notes: [:])
    var found = try await stored()
    #expect(found[RandomCollection.key(1000)] == 4)
    #expect(found[RandomCollection.key(1001)] == 8)
    #expect(found[RandomCollection.key(1002)] == nil)
    // Again, over what is committed.
    try writer.apply([remove(1000), put(1001, 9)] + (0..<25).map { put($0, 1) } + [put(1000, 5)])
    _ = try writer.commit(notes: [:])
    found = try await stored()
    #expect(found.count == 127)
    #expect(found[RandomCollection.key(1000)] == 5 && found[RandomCollection.key(1001)] == 9)
  }

  @Test func everythingCanBeRemovedAndComeAgain() async throws {
    let writer = try writer()
    for round in 0..<3 {
      try writer.apply((0..<50).map { put($0, Int64(round)) })
      _ = try writer.commit(notes: [:])
      #expect(try await stored().count == 50)
      // Only removals, some of what is not there.
      try writer.apply((0..<80).map { remove($0) })
      _ = try writer.commit(notes: ["round": "\(round)"])
      #expect(try await stored().isEmpty)
      #expect(FileAccess.names(in: index.parts).isEmpty, "nothing is left of what was removed")
    }
  }

  @Test(arguments: [51, 52, 53] as [UInt64])
  func randomBatchesAreTheSameAsOneByOne(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let writer = try writer()
    var expected: [RecordKey: Int64] = [:]
    for round in 0..<8 {
      let changes = (0..<generator.number(in: 0...150)).map { _ in
        let number = generator.number(in: 0...120)
        return generator.chance(35)
          ? remove(number) : put(number, Int64(generator.number(in: 0...1_000)))
      }
      for change in changes {
        if case .put(let record) = change {
          expected[record.key] = record.size
        } else {
          expected[change.key] = nil
        }
      }
      try writer.apply(changes)
      _ = try writer.commit(notes: [:])
      #expect(try await stored() == expected, "seed \(seed), round \(round)")
    }
  }

  @Test func manyKeysAreLookedUpByFingerprint() async throws {
    let writer = try IndexWriter(index)
    try writer.apply((0..<2_500).map { put($0, 1) })
    _ = try writer.commit(notes: [:])
    try writer.apply((1_000..<3_500).map { put($0, 2) })
    _ = try writer.commit(notes: [:])
    try writer.apply([remove(3_499), put(0, 3)])
    _ = try writer.commit(notes: [:])
    let found = try await stored()
    #expect(found.count == 3_499)
    #expect(found[RandomCollection.key(0)] == 3 && found[RandomCollection.key(999)] == 1)
    #expect(found[RandomCollection.key(1_000)] == 2 && found[RandomCollection.key(3_499)] == nil)
  }

  @Test func valuesThatFitNoTermAreFilteredStill() async throws {
    let names = [
      "kim", String(repeating: "\0", count: 200), String(repeating: "가", count: 80), "\0",
    ]
    let writer = try writer()
    try writer.apply(
      names.enumerated().map { number, name in
        .put(
          Record(
            key: RandomCollection.key(number), filename: "a." + name,
            owner: Owner(userSerialID: 1, userID: name)))
      })
    _ = try writer.commit(notes: [:])
    let engine = try XapianEngine(directory: index.path, access: .reading)
    for (number, name) in names.enumerated() {
      let answer = try await engine.search(SearchRequest(query: .filter(.owner(name))))
      #expect(answer.hits.map(\.record.key) == [RandomCollection.key(number)], "\(number)")
    }
  }
}
