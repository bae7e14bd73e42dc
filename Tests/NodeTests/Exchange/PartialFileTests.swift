import Exchange
import Foundation
import TestSupport
import Testing

@testable import Node

@Suite struct PartialFileTests {
  private typealias Sample = PieceHashesTests.Sample
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func target(_ name: String) -> FetchTarget {
    FetchTarget(folder: folder.bytes, name: PathBytes(name))
  }

  private func put(_ sample: Sample, _ pieces: some Sequence<Int>, into file: PartialFile) throws {
    for piece in pieces {
      try Array(sample.piece(piece)).withUnsafeBytes { try file.put($0, piece: piece) }
    }
  }

  private func content(_ name: String) -> [UInt8]? {
    FileManager.default.contents(atPath: folder.path(name)).map { Array($0) }
  }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
  }

  @Test func aFileAppearsWhenItIsWhole() throws {
    let sample = Sample(byteCount: 100_000, seed: 1)
    let file = try PartialFile(target("plan.pdf"), layout: sample.layout, overwrites: false)
    try put(sample, [3, 0], into: file)
    #expect(try names == [".plan.pdf.nearfind-part"])
    try put(sample, [1, 2], into: file)
    try file.finish()
    #expect(try names == ["plan.pdf"])
    #expect(content("plan.pdf") == sample.bytes)
  }

  @Test func anEmptyFileIsAFileToo() throws {
    let sample = Sample(byteCount: 0, seed: 1)
    let file = try PartialFile(target("empty"), layout: sample.layout, overwrites: false)
    #expect(try file.verifiedPieces(by: sample.verifier).isWhole)
    try file.finish()
    #expect(content("empty") == [])
  }

  @Test func twoDoNotFetchToOnePlace() throws {
    let sample = Sample(byteCount: 10, seed: 1)
    var first: PartialFile? = try PartialFile(
      target("a"), layout: sample.layout, overwrites: false)
    #expect(throws: FetchStorageError.inUse(path: folder.path("a"))) {
      try PartialFile(target("a"), layout: sample.layout, overwrites: false)
    }
    withExtendedLifetime(first) {}
    first = nil
    #expect(throws: Never.self) {
      try PartialFile(target("a"), layout: sample.layout, overwrites: false)
    }
  }

  @Test func whatIsThereIsReplacedOnlyWhereThatIsAskedFor() throws {
    let sample = Sample(byteCount: 10, seed: 1)
    try folder.write("precious", to: "a")
    #expect(throws: FetchStorageError.exists(path: folder.path("a"))) {
      try PartialFile(target("a"), layout: sample.layout, overwrites: false)
    }
    // It may also come while the file is being fetched.
    let file = try PartialFile(target("b"), layout: sample.layout, overwrites: false)
    try put(sample, [0], into: file)
    try folder.write("precious", to: "b")
    #expect(throws: FetchStorageError.exists(path: folder.path("b"))) { try file.finish() }
    #expect(content("b") == Array("precious".utf8))
    let other = try PartialFile(target("a"), layout: sample.layout, overwrites: true)
    try put(sample, [0], into: other)
    #expect(content("a") == Array("precious".utf8))
    try other.finish()
    #expect(content("a") == sample.bytes)
  }

  @Test func linksAreReplacedAndNotFollowed() throws {
    let sample = Sample(byteCount: 10, seed: 1)
    try folder.write("precious", to: "elsewhere")
    symlink(folder.path("elsewhere"), folder.path("link"))
    #expect(throws: FetchStorageError.exists(path: folder.path("link"))) {
      try PartialFile(target("link"), layout: sample.layout, overwrites: false)
    }
    let file = try PartialFile(target("link"), layout: sample.layout, overwrites: true)
    try put(sample, [0], into: file)
    try file.finish()
    #expect(content("elsewhere") == Array("precious".utf8))
    #expect(content("link") == sample.bytes)
  }

  @Test func nothingButFilesIsReplaced() throws {
    let sample = Sample(byteCount: 10, seed: 1)
    try folder.makeFolder("folder")
    mkfifo(folder.path("pipe"), 0o600)
    for name in ["folder", "pipe"] {
      for overwrites in [true, false] {
        #expect(throws: FetchStorageError.notAFile(path: folder.path(name))) {
          try PartialFile(target(name), layout: sample.layout, overwrites: overwrites)
        }
      }
    }
    let device = FetchTarget(folder: PathBytes("/dev"), name: PathBytes("null"))
    #expect(throws: FetchStorageError.notAFile(path: "/dev/null")) {
      try PartialFile(device, layout: sample.layout, overwrites: true)
    }
  }

  @Test func whatLiesInThePartsPlaceIsNotWrittenTo() throws {
    let sample = Sample(byteCount: 10, seed: 1)
    try folder.write("precious", to: "mine")
    mkfifo(folder.path(".a.nearfind-part"), 0o600)
    symlink(folder.path("mine"), folder.path(".b.nearfind-part"))
    link(folder.path("mine"), folder.path(".c.nearfind-part"))
    try folder.makeFolder(".d.nearfind-part")
    for name in ["a", "b", "c", "d"] {
      #expect(throws: FetchStorageError.foreignPart(path: folder.path(".\(name).nearfind-part"))) {
        try PartialFile(target(name), layout: sample.layout, overwrites: false)
      }
    }
    #expect(content("mine") == Array("precious".utf8))
  }

  @Test func aFolderThatIsNotThereIsSaid() throws {
    let sample = Sample(byteCount: 10, seed: 1)
    let nowhere = FetchTarget(
      folder: folder.bytes.appending(PathBytes("no")), name: PathBytes("a"))
    #expect(
      throws: FetchStorageError.noFolder(
        path: folder.path("no"), reason: "No such file or directory")
    ) {
      try PartialFile(nowhere, layout: sample.layout, overwrites: false)
    }
  }

  @Test(.enabled(if: SmallDisk.isAvailable))
  func aFullDiskLosesNothing() throws {
    let disk = try #require(SmallDisk(megabytes: 1))
    defer { disk.remove() }
    let sample = Sample(byteCount: 500_000, seed: 1)
    let place = FetchTarget(folder: PathBytes(disk.path), name: PathBytes("a"))
    disk.fill("ballast", leaving: 200_000)
    let file = try PartialFile(place, layout: sample.layout, overwrites: false)
    #expect(throws: FetchStorageError.self) {
      try file.checkRoom(beside: PieceSet(pieceCount: sample.layout.pieceCount))
    }
    var failure: FetchStorageError?
    for piece in 0..<sample.layout.pieceCount {
      do throws(FetchStorageError) {
        try Self.put(sample, piece, into: file)
      } catch {
        failure = failure ?? error
      }
    }
    guard case .diskFull = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    disk.empty("ballast")
    let present = try file.verifiedPieces(by: sample.verifier)
    #expect(present.count > 0 && !present.isWhole)
    for piece in 0..<sample.layout.pieceCount where !present.contains(piece) {
      try Self.put(sample, piece, into: file)
    }
    try file.finish()
    #expect(
      FileManager.default.contents(atPath: disk.path + "/a").map { Array($0) } == sample.bytes)
  }

  private static func put(
    _ sample: Sample, _ piece: Int, into file: PartialFile
  ) throws(FetchStorageError) {
    var failure: FetchStorageError?
    Array(sample.piece(piece)).withUnsafeBytes { bytes in
      do throws(FetchStorageError) {
        try file.put(bytes, piece: piece)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  /// Only what was written is read: a hole of 100 GB takes no time.
  @Test func aHugeFileIsResumedByWhatIsThere() throws {
    let layout = try #require(PieceLayout(byteCount: 100_000_000_001))
    let sample = Sample(byteCount: 1 << 20, seed: 3, pieceByteCount: 1 << 20)
    var tree = PiecesRoot()
    sample.bytes.withUnsafeBytes { tree.add(blocksOf: $0) }
    var nodes = Array(repeating: TreeNode.zero, count: layout.pieceCount)
    for piece in [0, 70_000] { nodes[piece] = tree.pieceRoot() }
    let verifier = PieceVerifier(
      hash: sample.hash, layout: layout, hashes: PieceHashes(nodes: nodes))
    let file = try PartialFile(target("huge"), layout: layout, overwrites: false)
    for piece in [0, 5, 70_000] {
      try sample.bytes.withUnsafeBytes { try file.put($0, piece: piece) }
    }
    let present = try file.verifiedPieces(by: verifier)
    #expect(present.count == 2 && present.contains(0) && present.contains(70_000))
    file.discard()
  }

  @Test func longNamesHaveAPartToo() {
    let name = String(repeating: "한", count: 85)
    let first = FetchTarget(folder: .empty, name: PathBytes(name)).partName(longest: 255)
    let other = FetchTarget(folder: .empty, name: PathBytes(name.dropLast() + "글"))
      .partName(longest: 255)
    #expect(first.bytes.count <= 255 && first != other)
  }
}
