internal import CXapian
import Foundation
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance
@testable import XapianEngine

/// Parts by the engine's own writer are what Xapian's would have written.
@Suite("The glass writer writes what Xapian would") struct GlassWriterTests {
  /// Batches that each go to one of the format's limits.
  enum Kind: String, CaseIterable {
    /// Terms with NULs and of the greatest length, hashes or none, data of all sizes.
    case strange
    /// Tables of more than 512 blocks: B-trees of three levels.
    case tall
    /// Documents beyond 0x8000 and posting lists of many chunks.
    case long
    case single
  }

  @Test(arguments: Kind.allCases)
  func writesTheSame(kind: Kind) throws {
    var generator = SeededGenerator(seed: 31)
    let batch = Self.batch(kind, using: &generator)
    let folder = try TemporaryFolder()
    let (own, plain) = (folder.path + "/own", folder.path + "/plain")
    try ShimWriter.write([batch], to: own)
    try ShimWriter.writePlainly(batch, to: plain)
    try expectSame(own, plain, "\(kind) as written")
    if kind != .long {
      let inPieces = folder.path + "/pieces"
      try ShimWriter.writePlainly(batch, to: inPieces, mostWaiting: 2_000)
      try expectSame(inPieces, plain, "\(kind) in pieces")
    }
    if kind == .tall {
      let size = try FileManager.default.attributesOfItem(atPath: own + "/docdata.glass")[.size]
      #expect(try #require(size as? Int) > 512 * 8192, "not tall enough for three levels")
    }

    try merge([own], to: own + "-merged")
    try merge([plain], to: plain + "-merged")
    // What is large is compared twice, not four times.
    if kind != .long { try expectSame(own + "-merged", plain + "-merged", "\(kind) merged") }

    let removed = (1...UInt32(batch.documentCount)).filter { _ in generator.chance(30) }
    for path in [own, plain] { try remove(removed, from: path) }
    if kind != .long { try expectSame(own, plain, "\(kind) after removing") }
    for path in [own, plain] {
      try merge([path, path + "-merged"], to: path + "-together")
    }
    try expectSame(own + "-together", plain + "-together", "\(kind) after removing and merging")
  }

  /// Thousands of documents whose terms are so long and so many that the posting table has three
  /// levels of its own, in runs of any size, whose postings wait in memory, in a file, or in both.
  @Test(arguments: [41, 42] as [UInt64], [0, 600_000, .max])
  func writesTheSameInRuns(seed: UInt64, memoryLimit: Int) throws {
    var generator = SeededGenerator(seed: seed)
    let folder = try TemporaryFolder()
    let (own, plain) = (folder.path + "/own", folder.path + "/plain")
    var whole = BatchBytes()
    var runs: [BatchBytes] = []
    while whole.documentCount < 6_000 {
      var run = BatchBytes()
      // Runs of a single document among them.
      for _ in 0..<generator.one(of: [1, 2, 300, 1_500]) {
        Self.addLong(to: &whole, and: &run, using: &generator)
      }
      runs.append(run)
    }
    let files = try ShimWriter.write(runs, to: own, memoryLimit: memoryLimit)
    try ShimWriter.writePlainly(whole, to: plain)
    try expectSame(own, plain, "seed \(seed), \(runs.count) runs, memory \(memoryLimit)")

    #expect(Set(files.map(\.name)) == Set(FileAccess.names(in: own)), "nothing else is left")
    for file in files { #expect(try PartWriting.fingerprint(of: file.name, in: own) == file) }
    let postings = try #require(files.first { $0.name == "postlist.glass" })
    #expect(postings.byteCount > 8192 * 300, "not large enough for three levels")

    // Xapian merges what it did not write.
    try merge([own, own], to: own + "-merged")
    try merge([plain, plain], to: plain + "-merged")
    try expectSame(own + "-merged", plain + "-merged", "seed \(seed), merged")
  }

  @Test func runsOutOfTheirOrderAreRefused() throws {
    let folder = try TemporaryFolder()
    var batch = BatchBytes()
    batch.add(
      key: [1], size: 0, modified: 0, hash: [], data: [], booleanTerms: [], terms: [([97], 1)])
    for first in [0, 2] as [UInt32] {
      var writer: OpaquePointer?
      var run: OpaquePointer?
      defer {
        cxapian_run_free(run)
        cxapian_writer_close(writer)
      }
      let path = folder.path + "/\(first)"
      try calling(about: path) { cxapian_writer_open(path, 0, &writer, $0) }
      try calling(about: path) { error in
        batch.bytes.withCXapianBytes { cxapian_run_make($0, first, &run, error) }
      }
      #expect(throws: EngineError.invalidRequest("documents out of their order")) {
        try calling(about: path) { cxapian_writer_add(writer, run, $0) }
      }
    }
  }

  @Test func refusesTermsThatXapianCannotHold() throws {
    let folder = try TemporaryFolder()
    var batch = BatchBytes()
    batch.add(
      key: [1], size: 0, modified: 0, hash: [], data: [], booleanTerms: [],
      terms: [(Array(repeating: 0, count: 130), 1)])
    #expect(throws: EngineError.self) { try ShimWriter.write([batch], to: folder.path + "/own") }
    #expect(throws: EngineError.self) {
      try ShimWriter.writePlainly(batch, to: folder.path + "/plain")
    }
  }

  @Test func batchesThatEndEarlyAreRefused() throws {
    var generator = SeededGenerator(seed: 43)
    let whole = Self.batch(.single, using: &generator).bytes
    for count in 1..<whole.count {
      var run: OpaquePointer?
      #expect(throws: EngineError.self, "\(count) bytes") {
        try calling(about: "") { error in
          Array(whole.prefix(count)).withCXapianBytes { cxapian_run_make($0, 1, &run, error) }
        }
      }
      #expect(run == nil)
    }
  }

  // MARK: Batches

  /// Adds the same document to both: with terms that many have, and long ones that few have.
  private static func addLong(
    to whole: inout BatchBytes, and run: inout BatchBytes, using generator: inout SeededGenerator
  ) {
    let number = whole.documentCount
    var texts: Set<[UInt8]> = [Array("everywhere".utf8)]
    for _ in 0..<generator.number(in: 0...6) {
      texts.insert(Array(generator.zipfian(RandomCollection.words).utf8))
    }
    for _ in 0..<2 {
      // Long common beginnings, so that what separates two blocks is long too.
      let end = Array("\(generator.number(in: 0...20_000))".utf8)
      texts.insert(Array(repeating: 0x7A, count: generator.number(in: 150...230)) + end)
    }
    let terms = texts.sorted { $0.lexicographicallyPrecedes($1) }
      .map { (text: $0, occurrences: UInt8(generator.number(in: 0...127))) }
    let hash = generator.chance(30) ? bytes(32, 0...255, &generator) : []
    let data = bytes(generator.number(in: 0...200), 0...255, &generator)
    let (size, modified) = (extremes(&generator), extremes(&generator))
    whole.add(
      key: Array("key \(number)".utf8), size: size, modified: modified, hash: hash, data: data,
      booleanTerms: [Array("Epdf".utf8)], terms: terms)
    run.add(
      key: Array("key \(number)".utf8), size: size, modified: modified, hash: hash, data: data,
      booleanTerms: [Array("Epdf".utf8)], terms: terms)
  }

  private static func batch(_ kind: Kind, using generator: inout SeededGenerator) -> BatchBytes {
    var batch = BatchBytes()
    switch kind {
    case .strange:
      for number in 0..<100 {
        let dataSize = [0, 0, 1, 17, 5_000, 100_000, 65_535, 65_536, 70_001, 131_070][number % 10]
        batch.add(
          key: Array("key \(number)".utf8), size: extremes(&generator),
          modified: extremes(&generator),
          hash: generator.chance(50) ? bytes(32, 0...255, &generator) : [],
          data: bytes(number < 40 ? dataSize : dataSize % 999, 0...255, &generator),
          booleanTerms: ["Epdf", "Okim"].prefix(number % 3).map { Array($0.utf8) },
          terms: strangeTerms(&generator))
      }
    case .tall:
      for number in 0..<700 {
        let terms = (0..<3).map { _ in
          (bytes(generator.number(in: 150...244), 97...122, &generator), UInt8(1))
        }
        batch.add(
          key: Array("\(number)".utf8), size: 1, modified: 2, hash: [],
          data: bytes(6_500, 0...255, &generator), booleanTerms: [], terms: terms)
      }
    case .long:
      for number in 0..<33_500 {
        var terms: [(text: [UInt8], occurrences: UInt8)] = [
          (Array("everywhere".utf8), UInt8(generator.number(in: 0...127)))
        ]
        if generator.chance(20) { terms.append((Array("some\0times".utf8), 127)) }
        batch.add(
          key: Array("\(number)".utf8), size: Int64(number), modified: -Int64(number), hash: [],
          data: [UInt8(number & 127)], booleanTerms: [], terms: terms)
      }
    case .single:
      batch.add(
        key: [0xff], size: .min, modified: .max, hash: [], data: [], booleanTerms: [], terms: [])
    }
    return batch
  }

  /// Distinct, some sharing long beginnings, with NULs as far as an escaped key may hold them.
  private static func strangeTerms(
    _ generator: inout SeededGenerator
  ) -> [(text: [UInt8], occurrences: UInt8)] {
    var texts: Set<[UInt8]> = []
    for _ in 0..<generator.number(in: 0...40) {
      switch generator.number(in: 0...5) {
      case 0: texts.insert(bytes(generator.number(in: 1...3), 0...1, &generator))
      case 1: texts.insert(bytes(245, 97...98, &generator))
      case 2: texts.insert(Array(repeating: 97, count: generator.number(in: 1...245)))
      case 3: texts.insert(bytes(generator.number(in: 1...120), 0...255, &generator))
      case 4: texts.insert(Array(String(repeating: "한글", count: 40).utf8) + [0])
      default: texts.insert(Array(generator.zipfian(RandomCollection.words).utf8))
      }
    }
    // Capitals name the engine's own terms.
    return texts.filter { !(65...90).contains($0[0]) }.sorted { $0.lexicographicallyPrecedes($1) }
      .map { ($0, UInt8(generator.number(in: 0...127))) }
  }

  private static func bytes(
    _ count: Int, _ range: ClosedRange<Int>, _ generator: inout SeededGenerator
  ) -> [UInt8] {
    // Eight bytes of each number.
    var number: UInt64 = 0
    return (0..<count).map { index in
      number = index % 8 == 0 ? generator.next() : number >> 8
      return UInt8(range.lowerBound + Int(number & 255) % range.count)
    }
  }

  private static func extremes(_ generator: inout SeededGenerator) -> Int64 {
    generator.one(of: [.min, .max, 0, -1, 1, 255, 256, -256, -257, 1 << 40])
  }

  // MARK: The shim

  private func merge(_ sources: [String], to path: String) throws {
    try withCStrings(sources) { (sources) throws(EngineError) in
      try calling(about: path) {
        cxapian_merge_parts(sources.baseAddress!, sources.count, path, $0)
      }
    }
  }

  private func remove(_ documents: [UInt32], from path: String) throws {
    try calling(about: path) { cxapian_remove_documents(path, documents, documents.count, $0) }
  }

  private func expectSame(_ path: String, _ other: String, _ context: String) throws {
    for part in [path, other] {
      var faults = 0
      try calling(about: part) { cxapian_check_part(part, &faults, $0) }
      #expect(faults == 0, "\(context): \(part)")
    }
    // Both are read by the engine's own reader below: Xapian's sees the same.
    try calling(about: path) { cxapian_compare_with_xapian(path, $0) }
    let difference = try PartContents(path: path).difference(from: PartContents(path: other))
    #expect(difference == nil, "\(context)")
  }
}
