import Foundation
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance
@testable import XapianEngine

/// Whatever happens to an index's files, the engine says so, and in its own terms.
@Suite("A damaged index", .serialized) struct CorruptionTests {
  enum Damage: Hashable {
    case deleted
    case emptied
    /// Cut to this share of its length.
    case truncated(Double)
    case longer
    /// One bit, at this share of the length.
    case flipped(Double, bit: Int)

    func apply(to path: String) throws {
      var bytes = Array(try #require(FileManager.default.contents(atPath: path)))
      switch self {
      case .deleted: return try FileManager.default.removeItem(atPath: path)
      case .emptied: bytes = []
      case .truncated(let share): bytes = Array(bytes.prefix(Int(share * Double(bytes.count))))
      case .longer: bytes.append(0)
      case .flipped(let share, let bit): bytes[Int(share * Double(bytes.count))] ^= 1 << bit
      }
      try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
  }

  /// An index of two parts, one with positions and one with removed records, and what it holds.
  private static func build(in path: String) async throws {
    var generator = SeededGenerator(seed: 71)
    let engine = try XapianEngine(directory: path, access: .writing)
    for range in [0..<100, 90..<120] {
      try await engine.apply(
        range.map { .put(RandomCollection.record($0, using: &generator)) })
      try await engine.commit(notes: ["count": "\(range.upperBound)"])
    }
    await engine.close()
  }

  private static func files(of path: String) throws -> [String] {
    let index = IndexFiles(path: path)
    let parts = try Manifest.load(from: index).parts
    return ["manifest.json"]
      + parts.flatMap { part in
        part.files.map { "parts/\(part.name)/\($0.name)" }
          + [part.removals].compactMap { $0.map { "parts/\($0)" } }
      }
  }

  private func copy(_ path: String, to copy: String) throws {
    try? FileManager.default.removeItem(atPath: copy)
    try FileManager.default.copyItem(atPath: path, toPath: copy)
  }

  @Test func damageThatChangesAFilesSizeIsFoundOnOpening() async throws {
    let folder = try TemporaryFolder()
    let (sound, broken) = (folder.path + "/sound", folder.path + "/broken")
    try await Self.build(in: sound)
    let files = try Self.files(of: sound)
    #expect(files.count { $0.contains("removed") } == 1 && files.count >= 11, "\(files)")
    for file in files {
      for damage in [Damage.deleted, .emptied, .truncated(0.5), .truncated(0.99), .longer] {
        try copy(sound, to: broken)
        let reader = try XapianEngine(directory: broken, access: .reading)
        try damage.apply(to: broken + "/" + file)
        let context = Comment("\(file) \(damage)")
        for access in [XapianEngine.Access.reading, .writing] {
          // Without a manifest there is no index, and a writer makes a new one.
          if file == "manifest.json" && damage == .deleted {
            if access == .reading {
              #expect(throws: EngineError.missing(path: broken), context) {
                try XapianEngine(directory: broken, access: access)
              }
            }
            continue
          }
          expectCorrupted(file, context) { () throws(EngineError) in
            _ = try XapianEngine(directory: broken, access: access)
          }
        }
        if file != "manifest.json" {
          let faults = try await reader.verify()
          #expect(faults.contains { $0.contains(file) }, context)
          #expect(faults.count == 1, context)
        }
      }
    }
    try await expectRebuilds(broken)
  }

  /// Bits of the files that are read whole on opening.
  @Test func everyFlippedBitOfTheSmallFilesIsFoundOnOpening() async throws {
    let folder = try TemporaryFolder()
    let (sound, broken) = (folder.path + "/sound", folder.path + "/broken")
    try await Self.build(in: sound)
    let seed: UInt64 = 72
    var generator = SeededGenerator(seed: seed)
    for file in try Self.files(of: sound)
    where file.hasSuffix("iamglass") || file.contains("removed") || file == "manifest.json" {
      for _ in 0..<60 {
        try copy(sound, to: broken)
        let damage = Self.flip(using: &generator)
        try damage.apply(to: broken + "/" + file)
        do {
          _ = try XapianEngine(directory: broken, access: .reading)
          Issue.record("seed \(seed): \(file) \(damage) is not noticed")
        } catch {
          switch error {
          case .corrupted: break
          case .incompatible where file == "manifest.json": break
          default: Issue.record("seed \(seed): \(file) \(damage) gives \(error)")
          }
        }
      }
    }
    try await expectRebuilds(broken)
  }

  @Test func everyFlippedBitIsFoundByVerify() async throws {
    let folder = try TemporaryFolder()
    let (sound, broken) = (folder.path + "/sound", folder.path + "/broken")
    try await Self.build(in: sound)
    let seed: UInt64 = 73
    var generator = SeededGenerator(seed: seed)
    try copy(sound, to: broken)
    let engine = try XapianEngine(directory: broken, access: .reading)
    #expect(try await engine.verify() == [])
    for file in try Self.files(of: sound) where file != "manifest.json" {
      for _ in 0..<8 {
        let damage = Self.flip(using: &generator)
        try damage.apply(to: broken + "/" + file)
        let faults = try await engine.verify()
        #expect(
          faults.count == 1 && faults[0].contains(file),
          "seed \(seed): \(file) \(damage): \(faults)")
        // The same bit again: whole once more.
        try damage.apply(to: broken + "/" + file)
      }
    }
    #expect(try await engine.verify() == [])
  }

  /// What comes out of a merge has checksums of its own: nobody could tell any more.
  @Test func damageIsNotMergedIntoASoundPart() async throws {
    let folder = try TemporaryFolder()
    let index = IndexFiles(path: folder.path + "/index")
    let engine = try XapianEngine(directory: index.path, access: .writing)
    var generator = SeededGenerator(seed: 74)
    func commit(_ number: Int) async throws(EngineError) {
      let record = RandomCollection.record(number, using: &generator)
      try await engine.apply([.put(record)])
      try await engine.commit(notes: ["count": "\(number)"])
    }
    for number in 1..<MergePolicy.partsPerTier { try await commit(number) }
    let parts = try Manifest.load(from: index).parts
    #expect(parts.count == MergePolicy.partsPerTier - 1)
    // Beyond what Xapian looks at when it merges: the unused end of a block.
    let file = "parts/\(parts[2].name)/docdata.glass"
    try Damage.flipped(0.99, bit: 3).apply(to: index.path + "/" + file)
    do {
      try await commit(MergePolicy.partsPerTier)
      Issue.record("merged")
    } catch {
      guard case .corrupted(index.path, let reason) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(reason.contains(file))
    }
    #expect(try Manifest.load(from: index).parts == parts)
  }

  @Test(arguments: [
    ("", false), ("{", false), ("[]", false), ("{\"format\":2}\n", false), ("null", false),
    (String(repeating: "\n", count: 100), false), ("\u{0}\u{0}", false),
    ("{\"format\":1,\"parts\":[]}", true), ("{\"format\":3,\"new\":true}\n\"seal\"\n", true),
    ("{\"format\":-9}", true),
  ])
  func strangeManifestsAreToldApart(text: String, isIncompatible: Bool) async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/index"
    try await Self.build(in: path)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/manifest.json"))
    for access in [XapianEngine.Access.reading, .writing] {
      do {
        _ = try XapianEngine(directory: path, access: access)
        Issue.record("opened")
      } catch .incompatible(path, _, "2") where isIncompatible {
      } catch .corrupted(path, _) where !isIncompatible {
      } catch {
        Issue.record("\(error)")
      }
    }
    #expect(!FileAccess.names(in: path + "/parts").isEmpty, "nothing is lost by looking")
    try await expectRebuilds(path)
  }

  // MARK: Expectations

  private static func flip(using generator: inout SeededGenerator) -> Damage {
    .flipped(Double.random(in: 0..<1, using: &generator), bit: generator.number(in: 0...7))
  }

  private func expectCorrupted(
    _ file: String, _ context: Comment, _ body: () throws(EngineError) -> Void
  ) {
    do {
      try body()
      Issue.record(context)
    } catch .corrupted(_, let reason) {
      #expect(reason.contains(file == "manifest.json" ? "manifest" : file), context)
    } catch {
      Issue.record("\(context): \(error)")
    }
  }

  private func expectRebuilds(_ path: String) async throws {
    try XapianEngine.discard(directory: path)
    try await Self.build(in: path)
    let engine = try XapianEngine(directory: path, access: .reading)
    #expect(try await engine.verify() == [])
    #expect(try await engine.statistics(for: .nothing).documentCount == 120)
  }
}
