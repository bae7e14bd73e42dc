internal import CXapian
import Foundation
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance
@testable import XapianEngine

/// Every block is checked when it is read: an answer is right or there is none.
@Suite("Blocks are checked when they are read", .serialized) struct BlockDamageTests {
  /// An index of a part whose words have positions, one of which records were removed, and one without
  /// positions, each of several blocks.
  private static func build(in path: String, seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let engine = try XapianEngine(directory: path, access: .writing)
    for (range, hasText) in [(0..<400, true), (350..<500, true), (500..<900, false)] {
      let records = range.map { number in
        var record = RandomCollection.record(number, using: &generator)
        if !hasText { record.text = "" }
        return record
      }
      try await engine.apply(records.map(RecordChange.put))
      try await engine.commit(notes: ["count": "\(range.upperBound)"])
    }
    await engine.close()
  }

  private static func requests(seed: UInt64) -> [SearchRequest] {
    var generator = SeededGenerator(seed: seed)
    var requests = (0..<30).map { _ in RandomQuery.request(using: &generator) }
    for _ in 0..<10 {
      let words = [RandomCollection.words[0], RandomCollection.words[2]]
      requests.append(SearchRequest(query: .phrase(words.joined(separator: " "), field: .text)))
      requests.append(SearchRequest(query: .all(words.map { .word($0, field: nil) })))
    }
    return requests
  }

  private enum Outcome: String {
    case same, refused, different
  }

  /// Asks a new engine, which has nothing in memory yet.
  private static func outcome(
    of request: SearchRequest, beside answer: SearchAnswer, in index: IndexFiles
  ) async throws -> Outcome {
    let engine = try XapianEngine(directory: index.path, access: .reading)
    do {
      return try await engine.search(request) == answer ? .same : .different
    } catch {
      guard case .corrupted = error else { throw error }
      return .refused
    }
  }

  private static func answers(
    _ engine: XapianEngine, _ requests: [SearchRequest]
  ) async throws -> [SearchAnswer] {
    var answers: [SearchAnswer] = []
    for request in requests { answers.append(try await engine.search(request)) }
    return answers
  }

  @Test(arguments: [101, 102] as [UInt64])
  func noAnswerIsDifferentAfterASingleFlip(seed: UInt64) async throws {
    let folder = try TemporaryFolder()
    let index = IndexFiles(path: folder.path + "/index")
    try await Self.build(in: index.path, seed: seed)
    let requests = Self.requests(seed: seed)
    let expected = try await Self.answers(
      XapianEngine(directory: index.path, access: .reading), requests)
    var generator = SeededGenerator(seed: seed)
    var counts: [String: [Outcome: Int]] = [:]
    for part in try Manifest.load(from: index).parts {
      let mark = index.part(part.name) + "/" + cxapian_crash_mark_name
      for file in part.files where file.name != "iamglass" {
        let path = index.part(part.name) + "/" + file.name
        for _ in 0..<4 {
          let bit = generator.number(in: 0...Int(file.byteCount) * 8 - 1)
          try Self.flip(bit, of: path)
          for (request, answer) in zip(requests, expected) {
            let outcome = try await Self.outcome(of: request, beside: answer, in: index)
            counts[file.name, default: [:]][outcome, default: 0] += 1
            #expect(outcome != .different, "seed \(seed): \(path), bit \(bit): \(request)")
            #expect(
              (outcome == .refused) == (FileAccess.identity(of: mark) != nil),
              "who is refused warns others")
            FileAccess.discard(mark)
          }
          try Self.flip(bit, of: path)
        }
      }
    }
    for (file, outcomes) in counts.sorted(by: { $0.key < $1.key }) {
      let words = outcomes.map { "\($0.value) \($0.key.rawValue)" }.sorted()
      print("seed \(seed): answers with one flipped bit in \(file): \(words)")
      // No search reads what only a removal needs.
      #expect(outcomes[.refused] != nil || file == "termlist.glass", "\(file) is never read")
    }
    #expect(counts.keys.contains("position.glass") && counts.count == 5)
  }

  /// What a removal takes from the statistics stays wrong for ever if it is read wrong.
  @Test func aRemovalReadsNothingDamaged() async throws {
    let folder = try TemporaryFolder()
    let index = IndexFiles(path: folder.path + "/index")
    try await Self.build(in: index.path, seed: 103)
    let part = try #require(try Manifest.load(from: index).parts.first)
    let path = index.part(part.name) + "/termlist.glass"
    let size = try #require(part.files.first { $0.name == "termlist.glass" }).byteCount
    // A bit of each block but those that hold no documents of this part any more.
    for block in 0..<Int(size) / 8192 { try Self.flip((block * 8192 + 4_000) * 8, of: path) }
    let engine = try XapianEngine(directory: index.path, access: .writing)
    try await engine.apply([.remove(RandomCollection.key(5))])
    await #expect(throws: EngineError.self) { try await engine.commit(notes: [:]) }
    await engine.close()
    #expect(throws: EngineError.self, "it is marked") {
      try XapianEngine(directory: index.path, access: .writing)
    }
  }

  /// As versions before this wrote them.
  @Test func partsWithoutChecksumsAreReadAndGetThemWhenTheyAreMerged() async throws {
    let folder = try TemporaryFolder()
    let index = IndexFiles(path: folder.path + "/index")
    try await Self.build(in: index.path, seed: 104)
    let requests = Self.requests(seed: 104)
    let expected = try await Self.answers(
      XapianEngine(directory: index.path, access: .reading), requests)
    var manifest = try Manifest.load(from: index)
    for position in manifest.parts.indices {
      let name = manifest.parts[position].name
      let count = manifest.parts[position].files.count
      manifest.parts[position].files.removeAll { $0.name == cxapian_block_checksums_name }
      #expect(manifest.parts[position].files.count == count - 1)
      FileAccess.discard(index.part(name) + "/" + cxapian_block_checksums_name)
    }
    try manifest.store(in: index)
    let answers = try await Self.answers(
      XapianEngine(directory: index.path, access: .reading), requests)
    #expect(answers == expected)
    let merged = try PartWriting.merge(
      manifest.parts.map { ($0, try Removals.load(for: $0, in: index)) }, as: "merged", in: index)
    let files = try #require(merged).files.map(\.name)
    #expect(files.contains(cxapian_block_checksums_name) && !files.contains("flintlock"))
    try calling(about: "merged") { cxapian_compare_with_xapian(index.part("merged"), $0) }
  }

  /// A merge takes parts away while somebody reads them.
  @Test func anOpenPartIsReadAlthoughItsFilesAreGone() async throws {
    let folder = try TemporaryFolder()
    let index = IndexFiles(path: folder.path + "/index")
    try await Self.build(in: index.path, seed: 105)
    for description in try Manifest.load(from: index).parts {
      let part = try ShimPart(index.part(description.name))
      try FileManager.default.removeItem(atPath: index.part(description.name))
      #expect(try part.matches(of: [1]).documents.count == description.recordCount)
    }
  }

  private static func flip(_ bit: Int, of path: String) throws {
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    defer { try? file.close() }
    try file.seek(toOffset: UInt64(bit / 8))
    let byte = try #require(try file.read(upToCount: 1)?.first)
    try file.seek(toOffset: UInt64(bit / 8))
    try file.write(contentsOf: Data([byte ^ 1 << (bit % 8)]))
  }
}
