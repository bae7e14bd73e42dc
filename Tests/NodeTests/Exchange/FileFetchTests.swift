import Exchange
import Foundation
import Hummingbird
import NIOCore
import SearchModel
import Synchronization
import TestSupport
import Testing

@testable import Node
@testable import Protocol

/// Fetching over real connections, from several nodes of every kind.
@Suite struct FileFetchTests {
  private let trial: FileTrial
  private let bytes = PieceHashesTests.Sample(byteCount: 4_345_678, seed: 9).bytes

  init() throws { trial = try FileTrial() }

  private func fetch(
    _ wish: FileGetter.Wish, as name: String = "file"
  ) async throws -> (report: FileGetter.Report, complaints: [String: DropReason]) {
    let complaints = Mutex<[String: DropReason]>([:])
    let report = try await trial.getter.fetch(
      wish, to: trial.place(name),
      complaint: { source, reason in complaints.withLock { $0[source] = reason } })
    return (report, complaints.withLock { $0 })
  }

  @Test(arguments: [0, 1, 1_048_576, 1_048_577, 2_500_000])
  func filesOfEverySizeArrive(count: Int) async throws {
    let giver = try await trial.giver("desk")
    let wish = try await giver.share(Array(bytes.prefix(count)), as: "a.bin")
    _ = try await fetch(wish)
    #expect(trial.landed("file") == Array(bytes.prefix(count)))
  }

  @Test func severalSendAtOnceAndOneMayDie() async throws {
    var limits = UploadLimits()
    limits.bytesPerSecond = 1_500_000
    let first = try await trial.giver("desk", limits: limits)
    let second = try await trial.giver("tower", limits: limits)
    var wish = try await first.share(bytes, as: "a.bin")
    wish.sources += try await second.share(bytes, as: "b.bin").sources
    let isStopping = Atomic(false)
    let report = try await trial.getter.fetch(wish, to: trial.place("file")) { [first] step in
      if step.byteCount > 1_500_000, !isStopping.exchange(true, ordering: .relaxed) {
        Task { await first.stop() }
      }
    }
    #expect(trial.landed("file") == bytes)
    #expect(report.senders == ["bob/desk", "bob/tower"])
  }

  @Test func aLiarIsDroppedAndNamed() async throws {
    let giver = try await trial.giver("desk")
    var wish = try await giver.share(bytes, as: "a.bin")
    let pieces = try #require(try giver.workshop.catalog.pieceHashes(of: wish.hash))
    let bytes = bytes
    // The hashes are right, and the third piece is not.
    let (source, server) = try await trial.hostile("liar") { path, range in
      if path.hasSuffix("/pieces") { return pieces }
      var part = Array(bytes[range])
      if range.contains(2_500_000) { part[2_500_000 - range.lowerBound] ^= 1 }
      return part
    }
    wish.sources.insert(source, at: 0)
    let (report, complaints) = try await fetch(wish)
    #expect(trial.landed("file") == bytes)
    #expect(complaints == ["mallory/liar": .lied])
    #expect(report.senders.contains("bob/desk"))
    await server.shutDown(within: .milliseconds(1))
  }

  @Test func falseHashesAreALieToo() async throws {
    let giver = try await trial.giver("desk")
    var wish = try await giver.share(bytes, as: "a.bin")
    let (source, server) = try await trial.hostile("liar") { _, _ in
      [UInt8](repeating: 1, count: 5 * 32)
    }
    wish.sources.insert(source, at: 0)
    let (_, complaints) = try await fetch(wish)
    #expect(trial.landed("file") == bytes)
    #expect(complaints == ["mallory/liar": .lied])
    await server.shutDown(within: .milliseconds(1))
  }

  @Test func whoSendsMoreThanWasAskedForIsDropped() async throws {
    let giver = try await trial.giver("desk")
    let small = Array(bytes.prefix(1000))
    var wish = try await giver.share(small, as: "a.bin")
    let (source, server) = try await trial.hostile("generous") { _, _ in
      [UInt8](repeating: 7, count: 50_000_000)
    }
    wish.sources.insert(source, at: 0)
    let (_, complaints) = try await fetch(wish)
    #expect(trial.landed("file") == small)
    #expect(
      complaints == ["mallory/generous": .refused("It sends more than it was asked for.")])
    await server.shutDown(within: .milliseconds(1))
  }

  @Test func anotherNodeAtTheAddressIsNotTheSource() async throws {
    let giver = try await trial.giver("desk")
    var wish = try await giver.share(bytes, as: "a.bin")
    wish.sources[0].node = NodeIdentity(user: try PeerName("bob"), node: try PeerName("other"))
    do {
      _ = try await fetch(wish)
      Issue.record("fetched from another node")
    } catch is FetchError {}
    #expect(trial.landed("file") == nil)
    // Nothing was begun, so nothing lies about.
    #expect(try FileManager.default.contentsOfDirectory(atPath: trial.target.path).isEmpty)
  }

  @Test func whatWasFetchedBeforeIsNotFetchedAgain() async throws {
    let giver = try await trial.giver("desk")
    let wish = try await giver.share(bytes, as: "a.bin")
    let task = Mutex<Task<FileGetter.Report, any Error>?>(nil)
    let begun = Task { [trial] in
      try await trial.getter.fetch(wish, to: trial.place("file")) { step in
        if step.byteCount > 2_000_000 { task.withLock { $0 }?.cancel() }
      }
    }
    task.withLock { $0 = begun }
    let first = await begun.result
    guard case .failure = first else { return }
    let other = try await trial.giver("tower")
    var again = try await other.share(bytes, as: "b.bin")
    again.sources.append(contentsOf: wish.sources)
    let (report, _) = try await fetch(again)
    #expect(trial.landed("file") == bytes)
    #expect(report.resumedCount > 0)
  }

  @Test func aPipeGetsTheBytesInOrder() async throws {
    let givers = [try await trial.giver("desk"), try await trial.giver("tower")]
    var wish = try await givers[0].share(bytes, as: "a.bin")
    wish.sources += try await givers[1].share(bytes, as: "b.bin").sources
    let pipe = Pipe()
    let reading = Task.detached { pipe.fileHandleForReading.readDataToEndOfFile() }
    _ = try await trial.getter.fetch(
      wish, to: .descriptor(pipe.fileHandleForWriting.fileDescriptor))
    try pipe.fileHandleForWriting.close()
    #expect(Array(await reading.value) == bytes)
  }

  @Test func aCopyOnThisMachineIsTaken() async throws {
    let giver = try await trial.giver("desk")
    var wish = try await giver.share(bytes, as: "a.bin")
    wish.sources = []
    let getter = FileGetter(identity: nil, connecting: nil, catalog: giver.workshop.catalog)
    #expect(getter.ownCopy(of: wish.hash)?.filename == "a.bin")
    let report = try await getter.fetch(wish, to: trial.place("file"))
    #expect(trial.landed("file") == bytes && report.senders == ["this machine"])
  }
}
