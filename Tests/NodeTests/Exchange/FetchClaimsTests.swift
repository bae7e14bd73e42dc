import Crypto
import Exchange
import Foundation
import SearchModel
import Synchronization
import TestSupport
import Testing

@testable import Node
@testable import Protocol

/// Sizes that are claimed and not true.
@Suite struct FetchClaimsTests {
  private let trial: FileTrial
  private let bytes = PieceHashesTests.Sample(byteCount: 4_345_678, seed: 9).bytes

  init() throws { trial = try FileTrial() }

  private func failure(
    of getter: FileGetter, _ claims: [FileGetter.Wish], to name: String
  ) async -> (any Error)? {
    do {
      _ = try await getter.fetch(anyOf: claims, to: trial.place(name))
      return nil
    } catch {
      return error
    }
  }

  @Test func aFalseLongerSizeKeepsNobodyFromTheFile() async throws {
    let giver = try await trial.giver("desk")
    let wish = try await giver.share(bytes, as: "a.bin")
    let (source, server) = try await trial.hostile("liar") { _, range in
      [UInt8](repeating: 1, count: range.isEmpty ? 320 : range.count)
    }
    let longer = FileGetter.Wish(hash: wish.hash, byteCount: 10 << 20, sources: [source])
    let huge = FileGetter.Wish(hash: wish.hash, byteCount: 1 << 45, sources: [source])
    let complaints = Mutex<[String]>([])
    let report = try await trial.getter.fetch(
      anyOf: [huge, longer, wish], to: trial.place("file"),
      complaint: { name, _ in complaints.withLock { $0.append(name) } })
    #expect(trial.landed("file") == bytes && report.byteCount == wish.byteCount)
    #expect(complaints.withLock { $0 } == ["mallory/liar"])
    await server.shutDown(within: .milliseconds(1))
  }

  /// The hashes of a file's two blocks, one behind the other, have its hash as a file of their own.
  @Test func twoHashesAreNotTakenForTheFile() async throws {
    let giver = try await trial.giver("desk")
    let block = PiecesRoot.blockByteCount
    let wish = try await giver.share(Array(bytes.prefix(2 * block)), as: "a.bin")
    let forged = [bytes[..<block], bytes[block..<(2 * block)]].flatMap {
      Array(SHA256.hash(data: $0))
    }
    let (source, server) = try await trial.hostile("forger") { _, range in Array(forged[range]) }
    let short = FileGetter.Wish(hash: wish.hash, byteCount: 64, sources: [source])
    // By itself nothing tells it apart.
    _ = try await trial.getter.fetch(anyOf: [short], to: trial.place("forged"))
    #expect(trial.landed("forged") == forged)
    _ = try await trial.getter.fetch(anyOf: [wish, short], to: trial.place("file"))
    #expect(trial.landed("file") == Array(bytes.prefix(2 * block)))
    await giver.stop()
    var getter = trial.getter
    getter.limits.patience = .milliseconds(300)
    let error = await failure(of: getter, [wish, short], to: "other")
    #expect(error is FetchError, "\(String(describing: error))")
    #expect(trial.landed("other") == nil)
    await server.shutDown(within: .milliseconds(1))
  }

  @Test func onlyTheHashOfNothingIsAnEmptyFile() async throws {
    let giver = try await trial.giver("desk")
    var wish = try await giver.share(Array(bytes.prefix(10)), as: "a.bin")
    wish.byteCount = 0
    let error = await failure(of: trial.getter, [wish], to: "file")
    #expect(error as? FetchError == .notEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: trial.target.path).isEmpty)
  }

  /// A list of hashes as long as such a file's is not even asked for.
  @Test(arguments: [PieceLayout.longestFetched + 1, PieceLayout.longestFetched])
  func aHugeSizeCostsNothing(size: Int64) async throws {
    let space = try FileManager.default.attributesOfFileSystem(forPath: trial.target.path)
    if let free = space[.systemFreeSize] as? Int64, free >= size { return }
    let count = Mutex(0)
    let (source, server) = try await trial.hostile("boaster") { _, _ in
      count.withLock { $0 += 1 }
      return []
    }
    let hash = try #require(ContentHash(bytes: Array(repeating: 7, count: 32)))
    let wish = FileGetter.Wish(hash: hash, byteCount: size, sources: [source])
    #expect(await failure(of: trial.getter, [wish], to: "file") != nil)
    #expect(count.withLock { $0 } == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: trial.target.path).isEmpty)
    await server.shutDown(within: .milliseconds(1))
  }

  @Test func aPipeGetsNothingTwice() async throws {
    let giver = try await trial.giver("desk")
    let wish = try await giver.share(bytes, as: "a.bin")
    let pieces = try #require(try giver.workshop.catalog.pieceHashes(of: wish.hash))
    let bytes = bytes
    let (source, server) = try await trial.hostile("liar") { path, range in
      if path.hasSuffix("/pieces") { return pieces }
      var part = Array(bytes[range])
      if range.contains(2_500_000) { part[2_500_000 - range.lowerBound] ^= 1 }
      return part
    }
    var first = wish
    first.sources = [source]
    let pipe = Pipe()
    let reading = Task.detached { pipe.fileHandleForReading.readDataToEndOfFile() }
    do {
      _ = try await trial.getter.fetch(
        anyOf: [first, wish], to: .descriptor(pipe.fileHandleForWriting.fileDescriptor))
      Issue.record("It was begun anew behind what was written.")
    } catch let error as FetchError {
      #expect(!error.allowsAnotherAttempt)
      guard case .cutOff(_, let written) = error else { throw error }
      #expect(written == 2 << 20)
    }
    try pipe.fileHandleForWriting.close()
    #expect(Array(await reading.value) == Array(bytes.prefix(2 << 20)))
    await server.shutDown(within: .milliseconds(1))
  }
}
