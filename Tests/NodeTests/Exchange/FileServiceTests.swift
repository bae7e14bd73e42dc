import Exchange
import Foundation
import SearchModel
import Synchronization
import TestSupport
import Testing

@testable import Node
@testable import Protocol

/// What a node gives to others and what not, over real connections.
@Suite struct FileServiceTests {
  private let trial: FileTrial

  init() throws { trial = try FileTrial() }

  private static var slow: UploadLimits {
    var limits = UploadLimits()
    limits.bytesPerSecond = 4_000_000
    return limits
  }

  private static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
    PieceHashesTests.Sample(byteCount: count, seed: seed).bytes
  }

  private func path(_ wish: FileGetter.Wish, _ range: Range<Int64>? = nil) -> String {
    FilePaths.bytes(range ?? 0..<wish.byteCount, of: wish.hash)
  }

  @Test func anyRangeIsWhatTheFileHas() async throws {
    let giver = try await trial.giver("desk")
    let bytes = Self.bytes(2_500_000, seed: 1)
    let wish = try await giver.share(bytes, as: "a.bin")
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<30 {
      let start = generator.number(0...(bytes.count - 1))
      let end = generator.number((start + 1)...bytes.count)
      let answer = try await trial.ask(path(wish, Int64(start)..<Int64(end)), of: giver)
      #expect(try answer.get() == Array(bytes[start..<end]), "\(start)..<\(end)")
    }
    let hashes = try await trial.ask(FilePaths.pieces(of: wish.hash), of: giver).get()
    let layout = try #require(PieceLayout(byteCount: wish.byteCount))
    #expect(PieceHashes(bytes: hashes, of: wish.hash, layout: layout) != nil)
  }

  @Test func badQuestionsAreRefused() async throws {
    let giver = try await trial.giver("desk")
    let wish = try await giver.share(Self.bytes(10, seed: 1), as: "a.bin")
    let hash = wish.hash.hexadecimal
    for path in [
      "/v1/files/\(hash)", "/v1/files/\(hash)?from=0", "/v1/files/\(hash)?from=-1&count=1",
      "/v1/files/\(hash)?from=0&count=0", "/v1/files/\(hash)?from=0&count=11",
      "/v1/files/\(hash)?from=9223372036854775807&count=9223372036854775807",
      "/v1/files/\(hash)?from=x&count=y", "/v1/files/abc?from=0&count=1",
      "/v1/files/..?from=0&count=1", "/v1/files/%2e%2e%2fetc?from=0&count=1",
    ] {
      let answer = try await trial.ask(path, of: giver)
      #expect(answer.code == .malformed || answer.code == .notFound, "\(path): \(answer)")
    }
    let unknown = ContentHash(bytes: Array(repeating: 7, count: 32))!
    #expect(try await trial.ask(FilePaths.pieces(of: unknown), of: giver).code == .notShared)
    #expect(try await trial.ask(FilePaths.bytes(0..<1, of: unknown), of: giver).code == .notShared)
  }

  @Test func whatIsNotPermittedLooksLikeWhatIsNotThere() async throws {
    let giver = try await trial.giver("desk")
    let wish = try await giver.share(Self.bytes(10, seed: 1), as: "a.bin")
    let now = Date()
    let authority = trial.network.authority
    let home = try authority.statement(that: PeerName("laptop"), isIn: "home", now: now)
    let away = try authority.statement(that: PeerName("laptop"), isIn: "away", now: now)
    // Ann asks. Each change holds for the next request.
    for (visibility, plain, atHome) in [
      (Visibility.users([]), false, false), (.everyone, true, true), (.band, false, true),
      (.users(["eve"]), false, false), (.users(["ann", "eve"]), true, true),
    ] {
      try giver.workshop.catalog.setVisibility(visibility, of: giver.workshop.shared.bytes)
      for (statement, isGiven) in [(nil, plain), (away, plain), (home, atHome)] {
        let refusal = isGiven ? nil : ProblemCode.notShared
        for path in [path(wish), FilePaths.pieces(of: wish.hash)] {
          #expect(
            try await trial.ask(path, of: giver, showing: statement).code == refusal,
            "\(visibility)")
        }
      }
    }
  }

  /// A copy that everyone may have is given, whatever else the content lies in.
  @Test func theCopyThatMayBeHadIsGiven() async throws {
    let giver = try await trial.giver("desk")
    let bytes = Self.bytes(100, seed: 1)
    let hidden = try TemporaryFolder()
    try hidden.write(String(decoding: bytes.map { $0 & 127 }, as: UTF8.self), to: "hidden.bin")
    let wish = try await giver.share(bytes.map { $0 & 127 }, as: "a.bin")
    _ = try await giver.workshop.session.index([hidden.bytes])
    try giver.workshop.catalog.setVisibility(.users([]), of: hidden.bytes)
    #expect(try await trial.ask(path(wish), of: giver).code == nil)
    try giver.workshop.catalog.setVisibility(.users([]), of: giver.workshop.shared.bytes)
    #expect(try await trial.ask(path(wish), of: giver).code == .notShared)
    try giver.workshop.catalog.setVisibility(.everyone, of: hidden.bytes)
    #expect(try await trial.ask(path(wish), of: giver).code == nil)
  }

  /// A long answer is on its way when its share is closed: it ends, and what came of it is not whole.
  @Test func aChangeEndsWhatIsBeingSent() async throws {
    let giver = try await trial.giver("desk", limits: Self.slow)
    let wish = try await giver.share(Self.bytes(40_000_000, seed: 1), as: "a.bin")
    let endpoint = try #require(giver.source.endpoint)
    let count = Mutex(0)
    await #expect(throws: (any Error).self) {
      try await trial.client.exchange(
        .get(path(wish)), with: .network(host: endpoint.address, port: Int(endpoint.port)),
        expecting: .node(giver.identity)
      ) { response in
        while let buffer = try await response.next() {
          let isFirst = count.withLock { count in
            defer { count += buffer.readableBytes }
            return count == 0
          }
          guard isFirst else { continue }
          try giver.workshop.catalog.setVisibility(
            .users([]), of: giver.workshop.shared.bytes)
        }
      }
    }
    #expect((1..<wish.byteCount).contains(Int64(count.withLock { $0 })))
  }

  @Test func whatIsSharedNoMoreIsNotGiven() async throws {
    let giver = try await trial.giver("desk")
    let wish = try await giver.share(Self.bytes(10, seed: 1), as: "a.bin")
    #expect(try await trial.ask(path(wish), of: giver).code == nil)
    _ = try await giver.workshop.session.forget([giver.workshop.shared.bytes])
    #expect(try await trial.ask(path(wish), of: giver).code == .notShared)
  }

  /// Whatever stands in a file's place afterwards is not given.
  @Test(arguments: ["link", "folder link", "pipe", "socket", "folder", "nothing", "other file"])
  func whatTookAFilesPlaceIsNotGiven(_ kind: String) async throws {
    let giver = try await trial.giver("desk")
    let shared = giver.workshop.shared
    try shared.makeFolder("sub")
    let wish = try await giver.share(Self.bytes(10, seed: 1), as: "sub/a.bin")
    let outside = try TemporaryFolder()
    try Data(Self.bytes(10, seed: 1)).write(to: URL(fileURLWithPath: outside.path("a.bin")))
    try shared.remove("sub/a.bin")
    switch kind {
    case "link": symlink(outside.path("a.bin"), shared.path("sub/a.bin"))
    case "folder link":
      try shared.remove("sub")
      symlink(outside.path, shared.path("sub"))
    case "pipe": mkfifo(shared.path("sub/a.bin"), 0o600)
    case "socket":
      let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      // A socket's name must be short: it is bound from within its folder.
      let name = Array("/tmp/nf-\(UUID().uuidString.prefix(8))".utf8CString)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name.map(UInt8.init)) }
      let bound = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      #expect(bound == 0)
      rename(String(cString: name), shared.path("sub/a.bin"))
    case "folder": try shared.makeFolder("sub/a.bin")
    case "other file":
      try Data(Self.bytes(10, seed: 1)).write(to: URL(fileURLWithPath: shared.path("sub/a.bin")))
    default: break
    }
    #expect(try await trial.ask(path(wish), of: giver).code == .fileChanged)
    // Queued to be looked at, and until then not there.
    #expect(giver.doubtedFolders.contains { $0.path == PathBytes("sub") })
    #expect(try await trial.ask(path(wish), of: giver).code == .notShared)
  }

  @Test func aFileThatChangedIsHashedAgain() async throws {
    let giver = try await trial.giver("desk")
    let wish = try await giver.share(Self.bytes(3_000_000, seed: 1), as: "a.bin")
    let new = Self.bytes(3_000_000, seed: 2)
    try Data(new).write(to: URL(fileURLWithPath: giver.workshop.shared.path("a.bin")))
    #expect(try await trial.ask(path(wish), of: giver).code == .fileChanged)
    try await giver.workshop.index()
    let again = try #require(giver.workshop.record("a.bin")?.contentHash)
    #expect(try await trial.ask(FilePaths.bytes(0..<3_000_000, of: again), of: giver).get() == new)
  }

  /// The disk flips a bit, and nothing else shows.
  @Test func aPieceThatIsNotWhatWasHashedIsNotSent() async throws {
    let giver = try await trial.giver("desk")
    let bytes = Self.bytes(3_000_000, seed: 1)
    let wish = try await giver.share(bytes, as: "a.bin")
    let file = giver.workshop.shared.path("a.bin")
    let handle = try #require(FileHandle(forUpdatingAtPath: file))
    try handle.seek(toOffset: 1_500_000)
    try handle.write(contentsOf: Data([bytes[1_500_000] ^ 1]))
    try handle.close()
    // The catalog believes that it has seen the file as it is now.
    var status = stat()
    #expect(stat(file, &status) == 0)
    let present = FileStatus(status)
    try giver.workshop.catalog.write { database in
      try database.execute(
        sql: "UPDATE files SET modified = ?, changed = ?",
        arguments: [present.modified, present.changed])
    }
    #expect(try await trial.ask(path(wish, 0..<(1 << 20)), of: giver).code == nil)
    #expect(try await trial.ask(path(wish, 1_500_000..<1_500_001), of: giver).code == .fileChanged)
    #expect(try await trial.ask(path(wish, 0..<(1 << 20)), of: giver).code == .notShared)
  }

  @Test func aFileThatShrinksWhileItIsSentEndsTheAnswer() async throws {
    let giver = try await trial.giver("desk")
    let wish = try await giver.share(Self.bytes(3_000_000, seed: 1), as: "a.bin")
    let content = try giver.contents.open(wish.hash, for: nil)
    truncate(giver.workshop.shared.path("a.bin"), 1_500_000)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { memory.deallocate() }
    #expect(throws: Never.self) { try content.read(0, by: content.verifier, into: memory) }
    #expect(throws: FileRefusal.changed) {
      try content.read(1, by: content.verifier, into: memory)
    }
    #expect(try await trial.ask(path(wish), of: giver).code == .fileChanged)
  }

  /// Contents that were hashed before the hashes of pieces were kept.
  @Test func hashesOfPiecesAreMadeWhenTheyAreFirstWanted() async throws {
    let giver = try await trial.giver("desk")
    let bytes = Self.bytes(2_200_000, seed: 1)
    let wish = try await giver.share(bytes, as: "a.bin")
    let catalog = giver.workshop.catalog
    let kept = try #require(try catalog.pieceHashes(of: wish.hash))
    try catalog.write { try $0.execute(sql: "DELETE FROM piece_hashes") }
    #expect(try await trial.ask(path(wish), of: giver).get() == bytes)
    #expect(try catalog.pieceHashes(of: wish.hash) == kept)
    // Damaged ones are made again too.
    try catalog.write { try $0.execute(sql: "UPDATE piece_hashes SET hashes = x'00'") }
    #expect(try await trial.ask(FilePaths.pieces(of: wish.hash), of: giver).get() == kept)
  }

  @Test func transfersAtOnceAreCounted() throws {
    var limits = UploadLimits()
    limits.transfers = 3
    limits.transfersPerPeer = 2
    let turns = UploadTurns(limits)
    let peers = try ["a", "b", "c"].map {
      NodeIdentity(user: try PeerName("user"), node: try PeerName($0))
    }
    var open = [try turns.begin(for: peers[0]), try turns.begin(for: peers[0])]
    #expect(throws: FileRefusal.self) { try turns.begin(for: peers[0]) }
    open.append(try turns.begin(for: peers[1]))
    #expect(throws: FileRefusal.self) { try turns.begin(for: peers[1]) }
    // All places are taken, and yet who has none gets one.
    open.append(try turns.begin(for: peers[2]))
    #expect(turns.count == 4)
    open.removeAll()
    #expect(turns.count == 0)
    #expect(throws: Never.self) { try turns.begin(for: peers[0]) }
  }

  @Test func theRateHoldsOverConnections() async throws {
    var limits = UploadLimits()
    limits.bytesPerSecond = 4_000_000
    let giver = try await trial.giver("desk", limits: limits)
    let bytes = Self.bytes(3_000_000, seed: 1)
    let wish = try await giver.share(bytes, as: "a.bin")
    let began = ContinuousClock.now
    #expect(try await trial.ask(path(wish), of: giver).get() == bytes)
    // The first tenth of a second's worth may go at once, and the last portion is not waited for.
    #expect(ContinuousClock.now - began > .milliseconds(500))
    #expect(giver.turns.count == 0)
  }
}
