import Foundation
import Hummingbird
import HummingbirdCore
import NIOCore
import Node
import Protocol
import TestSupport
import Testing

/// Files from machine to machine: daemons, virtual server and central server as real processes.
@Suite struct TransferTests {
  private func bytes(_ count: Int, seed: UInt64) -> Data {
    var generator = SeededGenerator(seed: seed)
    var data = Data(capacity: count + 8)
    while data.count < count {
      withUnsafeBytes(of: generator.next()) { data.append(contentsOf: $0) }
    }
    return data.prefix(count)
  }

  private struct Found: Decodable {
    struct Hit: Decodable {
      struct File: Decodable {
        var key: String
        var contentHash: String?
      }
      var file: File
      var duplicates: [File]
    }
    struct Coverage: Decodable {
      struct Servers: Decodable { var sources: [FileSource]? }
      var servers: Servers?
    }
    var hits: [Hit]
    var coverage: Coverage?
  }

  /// Searches until the machine knows where so many machines give the one file that matches.
  @discardableResult
  private func search(
    _ machine: Machine, for word: String, until sourceCount: Int
  ) async throws -> Found.Hit {
    var last: Found?
    try await wait(until: "\(sourceCount) sources of \(word)") {
      let outcome = try await machine.run(
        "search", "--json", "--strict", "--scope", "everywhere", word)
      guard outcome.status == 0 else { return false }
      let found = try JSONDecoder().decode(Found.self, from: Data(outcome.outputBytes))
      last = found
      let places = found.coverage?.servers?.sources?.compactMap(\.endpoint) ?? []
      return found.hits.count == 1 && found.hits[0].file.contentHash != nil
        && found.hits[0].duplicates.count == sourceCount - 1 && places.count == sourceCount
    }
    return try #require(last?.hits.first)
  }

  private func write(_ data: Data, to machine: Machine, as name: String) throws {
    try data.write(to: URL(fileURLWithPath: machine.shared + "/" + name))
  }

  private func landed(_ machine: Machine, _ name: String) -> Data? {
    FileManager.default.contents(atPath: machine.root + "/" + name)
  }

  @Test func whatIsFoundIsFetched() async throws {
    try await Central.with(["ann", "bob"]) { _, machines in
      let (ann, bob) = (machines[0], machines[1])
      let data = bytes(3_456_789, seed: 1)
      try write(data, to: bob, as: "treasure.bin")
      for machine in machines { try await machine.up("--capacity", "5") }
      let hit = try await search(ann, for: "treasure", until: 1)
      let hash = try #require(hit.file.contentHash)
      let byNumber = try await ann.run("get", "1")
      #expect(byNumber.status == 0, "\(byNumber.errors)")
      #expect(byNumber.output.contains("treasure.bin: 3.5 MB from bob/"), "\(byNumber.output)")
      #expect(landed(ann, "treasure.bin") == data)
      // Nothing is replaced without being asked for.
      let again = try await ann.run("get", "1")
      #expect(again.status == 2 && again.errors.contains("--force"), "\(again.errors)")
      for (what, name) in [(hash, "by-hash"), (hit.file.key, "by-key")] {
        let outcome = try await ann.run("get", what, "--to", name)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(landed(ann, name) == data)
      }
      let piped = try await ann.run("get", "1", "--to", "-")
      #expect(piped.status == 0 && Data(piped.outputBytes) == data)
      // The owner takes his own from his own disk.
      try await search(bob, for: "treasure", until: 1)
      let own = try await bob.run("get", "1", "--to", "own")
      #expect(own.status == 0 && own.output.contains("this machine"), "\(own)")
      #expect(try await ann.run("get", "7").status == 1)
      #expect(try await ann.run("get", String(repeating: "0", count: 64)).status == 1)
      #expect(try await ann.run("get", "1", "--to", "no/such/folder/x").status == 2)
    }
  }

  @Test func twoSourcesAndOneDies() async throws {
    try await Central.with(["ann", "bob", "cat"]) { _, machines in
      let (ann, bob, cat) = (machines[0], machines[1], machines[2])
      let data = bytes(40_000_000, seed: 2)
      for machine in [bob, cat] { try write(data, to: machine, as: "treasure.bin") }
      // ann keeps the index, so that no more than one thing dies.
      try await ann.up("--capacity", "5")
      for machine in [bob, cat] { try await machine.up("--upload-rate", "5M", "--capacity", "5") }
      try await search(ann, for: "treasure", until: 2)
      let getting = try await RunningProgram(
        ann.program(["get", "1"]), output: ann.root + "/got")
      let part = ann.root + "/.treasure.bin.nearfind-part"
      try await wait(until: "a part to be there") { allocated(part) > 8_000_000 }
      try await bob.kill()
      let ending = try await getting.waitForEnd(within: .seconds(300))
      let said = try String(contentsOfFile: ann.root + "/got", encoding: .utf8)
      #expect("\(ending)".contains("0") && said.contains("cat/"), "\(ending) \(said)")
      #expect(landed(ann, "treasure.bin") == data)
    }
  }

  @Test func aGetterThatIsKilledGoesOn() async throws {
    try await Central.with(["ann", "bob"]) { _, machines in
      let (ann, bob) = (machines[0], machines[1])
      let data = bytes(24_000_000, seed: 3)
      try write(data, to: bob, as: "treasure.bin")
      try await ann.up("--capacity", "5")
      try await bob.up("--upload-rate", "4M", "--capacity", "5")
      try await search(ann, for: "treasure", until: 1)
      let part = ann.root + "/.treasure.bin.nearfind-part"
      for round in 1...2 {
        let getting = try await RunningProgram(
          ann.program(["get", "1"]), output: ann.root + "/got")
        try await wait(until: "more to be there") { allocated(part) > round * 6_000_000 }
        // Only one fetches to a place.
        let second = try await ann.run("get", "1")
        #expect(second.status == 3 && second.errors.contains("another process"), "\(second.errors)")
        try await getting.kill()
        #expect(landed(ann, "treasure.bin") == nil)
      }
      let outcome = try await ann.run("get", "1")
      #expect(outcome.status == 0 && outcome.output.contains("were there"), "\(outcome)")
      #expect(landed(ann, "treasure.bin") == data)
      #expect(!FileManager.default.fileExists(atPath: part))
    }
  }

  /// The bytes of a file that are on the disk.
  private func allocated(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_blocks) * 512 : 0
  }

  @Test func aChangedFileIsRefusedAndFoundAnew() async throws {
    try await Central.with(["ann", "bob"]) { _, machines in
      let (ann, bob) = (machines[0], machines[1])
      try write(bytes(2_000_000, seed: 4), to: bob, as: "treasure.bin")
      for machine in machines { try await machine.up("--capacity", "5") }
      let old = try await search(ann, for: "treasure", until: 1)
      let new = bytes(2_000_000, seed: 5)
      try write(new, to: bob, as: "treasure.bin")
      let refused = try await ann.run("get", "1")
      #expect(refused.status == 3, "\(refused)")
      #expect(
        refused.errors.contains("not any more what it was")
          || refused.errors.contains("No file of this content"), "\(refused.errors)")
      #expect(landed(ann, "treasure.bin") == nil)
      try await wait(until: "the new content to be known") {
        try await search(ann, for: "treasure", until: 1).file.contentHash != old.file.contentHash
      }
      #expect(try await ann.run("get", "1").status == 0)
      #expect(landed(ann, "treasure.bin") == new)
    }
  }

  /// A machine of the network whose owner sends other bytes than the file's.
  @Test func aLiarIsDroppedAndNamed() async throws {
    try await Central.with(["ann", "bob", "cat"]) { _, machines in
      let (ann, bob, cat) = (machines[0], machines[1], machines[2])
      let data = bytes(3_000_000, seed: 6)
      for machine in [bob, cat] { try write(data, to: machine, as: "treasure.bin") }
      try await ann.up("--capacity", "5")
      for machine in [bob, cat] { try await machine.up("--capacity", "5") }
      try await search(ann, for: "treasure", until: 2)
      let port = try #require(try await cat.status().filePort)
      try await cat.kill()
      let liar = try await lie(as: cat, at: port, about: data)
      // So that the liar is asked before the other one has sent all.
      try await bob.end()
      try await bob.up("--capacity", "5", "--upload-rate", "300k")
      let outcome = try await ann.run("get", "1")
      await liar.shutDown(within: .milliseconds(1))
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(
        outcome.errors.contains("cat/") && outcome.errors.contains("not the file"), "\(outcome)")
      #expect(landed(ann, "treasure.bin") == data)
    }
  }

  /// Gives files in a machine's name, with one bit of each answer wrong.
  private func lie(as machine: Machine, at port: UInt16, about data: Data) async throws
    -> PeerServer
  {
    let folder = NetworkFolder(dataDirectory: machine.data)
    let credentials = try #require(try IdentityFolder(path: folder.identityPath).credentials())
    let router = PeerServer.makeRouter()
    router.get(RouterPath(FilePaths.piecesRoute)) { _, _ -> Response in
      Response(
        status: .ok,
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: [UInt8](repeating: 1, count: 96))))
    }
    router.get(RouterPath(FilePaths.bytesRoute)) { request, _ -> Response in
      let from = request.uri.queryParameters.get("from", as: Int.self) ?? 0
      let count = request.uri.queryParameters.get("count", as: Int.self) ?? 0
      var part = Array(data[from..<(from + count)])
      part[0] ^= 1
      return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(bytes: part)))
    }
    return try await PeerServer.start(
      .network(host: "127.0.0.1", port: Int(port), credentials: CredentialStore(credentials)),
      router: router)
  }
}
