import Foundation
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance
@testable import XapianEngine

/// A process that is killed at any moment of a commit loses nothing that was acknowledged.
@Suite("A killed writer", .serialized) struct KillTests {
  /// Batch `sequence` of an endless history; the same on every call.
  private static func batch(_ sequence: Int) -> [RecordChange] {
    var generator = SeededGenerator(seed: UInt64(sequence))
    return (0..<generator.number(in: 1...40)).map { _ in
      let key = RandomCollection.key(generator.number(in: 0...150))
      return generator.chance(25)
        ? .remove(key)
        : .put(
          Record(
            key: key, filename: generator.zipfian(RandomCollection.words) + ".txt",
            size: Int64(sequence)))
    }
  }

  private static func records(after sequence: Int) -> [RecordKey: Record] {
    var records: [RecordKey: Record] = [:]
    for batch in (0...sequence).dropFirst().map(batch) {
      for change in batch {
        if case .put(let record) = change {
          records[record.key] = record
        } else {
          records[change.key] = nil
        }
      }
    }
    return records
  }

  @Test(.timeLimit(.minutes(3)))
  func everyAcknowledgedCommitIsThereWhole() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    let seed: UInt64 = 61
    var generator = SeededGenerator(seed: seed)
    var last = 0
    for round in 0..<24 {
      // In every other round the blow falls upon the opening or the first commit.
      let isLate = round % 2 == 1
      let delay = UInt32(generator.number(in: 1_000...100_000))
      await #expect(processExitsWith: .signal(SIGKILL), "round \(round), \(delay) µs") {
        [path = path as String, delay = delay as UInt32, isLate = isLate as Bool] in
        try await KillTests.commitAndDie(in: path, after: delay, isLate: isLate)
      }
      // A commit that was seen after the round before counts as known, although the blow fell before
      // its acknowledgement: the next process went on from it.
      let acknowledged = max(try Self.acknowledged(in: path), last)
      let context = Comment("seed \(seed), round \(round), \(delay) µs, \(acknowledged) known")
      let index = IndexFiles(path: path + "/index")
      // Even the first commit may not have come.
      guard FileAccess.identity(of: index.manifest) != nil else {
        #expect(acknowledged == 0, context)
        continue
      }
      let engine = try XapianEngine(directory: index.path, access: .reading)
      let sequence = Int(try await engine.notes()["sequence"] ?? "0") ?? -1
      #expect(acknowledged...(acknowledged + 1) ~= sequence, context)
      let hits = try await engine.search(SearchRequest(query: .everything, limit: .max)).hits
      let found = Dictionary(uniqueKeysWithValues: hits.map { ($0.record.key, $0.record) })
      #expect(found == Self.records(after: sequence), context)
      #expect(try await engine.verify() == [], context)
      last = sequence
    }
    #expect(last >= 12, "too few commits for the blows to have fallen upon")
    try await expectNoOrphans(in: path)
  }

  /// Only what the manifest names is left once a writer was there.
  private func expectNoOrphans(in path: String) async throws {
    let index = IndexFiles(path: path + "/index")
    let engine = try XapianEngine(directory: index.path, access: .writing)
    await engine.close()
    let manifest = try Manifest.load(from: index)
    let named = manifest.parts.flatMap { [$0.name, $0.removals].compactMap { $0 } }
    #expect(Set(FileAccess.names(in: index.parts)) == Set(named))
    #expect(
      Set(FileAccess.names(in: index.path)).subtracting(["manifest.json.new"])
        == ["manifest.json", "lock", "parts"])
  }

  private static func acknowledged(in path: String) throws -> Int {
    guard let bytes = FileManager.default.contents(atPath: path + "/acknowledged") else { return 0 }
    return Int(String(decoding: bytes, as: UTF8.self).split(separator: "\n").last ?? "0") ?? 0
  }

  /// In a process of its own.
  private static func commitAndDie(in path: String, after delay: UInt32, isLate: Bool) async throws
  {
    let acknowledged = open(path + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    let blow = Thread {
      usleep(delay)
      kill(getpid(), SIGKILL)
    }
    if !isLate { blow.start() }
    let engine = try XapianEngine(directory: path + "/index", access: .writing)
    var sequence = Int(try await engine.notes()["sequence"] ?? "0") ?? 0
    let first = sequence + 1
    while true {
      sequence += 1
      try await engine.apply(batch(sequence))
      try await engine.commit(notes: ["sequence": "\(sequence)"])
      // One call writes the whole line, or nothing.
      let line = "\(sequence)\n"
      guard write(acknowledged, line, line.utf8.count) == line.utf8.count else { exit(1) }
      if isLate && sequence == first { blow.start() }
    }
  }
}
