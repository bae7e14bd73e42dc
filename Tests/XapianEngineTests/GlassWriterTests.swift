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
    try write(batch, to: own, by: cxapian_write_part)
    try write(batch, to: plain, by: cxapian_write_part_plainly)
    try expectSame(own, plain, "\(kind) as written")
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

  @Test func refusesTermsThatXapianCannotHold() throws {
    let folder = try TemporaryFolder()
    for (index, write) in [cxapian_write_part, cxapian_write_part_plainly].enumerated() {
      var batch = BatchBytes()
      batch.add(
        key: [1], size: 0, modified: 0, hash: [], data: [], booleanTerms: [],
        terms: [(Array(repeating: 0, count: 130), 1)])
      #expect(throws: (any Error).self) {
        try self.write(batch, to: folder.path + "/\(index)", by: write)
      }
    }
  }

  // MARK: Batches

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

  private typealias Write = (
    UnsafePointer<CChar>, cxapian_bytes, UnsafeMutablePointer<cxapian_error>
  ) -> cxapian_status

  private func write(_ batch: BatchBytes, to path: String, by write: Write) throws {
    try calling(about: path) { error in batch.bytes.withCXapianBytes { write(path, $0, error) } }
  }

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
    let difference = try PartContents(path: path).difference(from: PartContents(path: other))
    #expect(difference == nil, "\(context)")
  }
}
