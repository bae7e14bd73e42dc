import Extraction
import Foundation
import SearchModel
import Synchronization
import Testing

@testable import Node

@Suite struct ContentReadingTests {
  /// A session whose reader does something to the files while it reads them.
  private func session(
    _ state: TemporaryFolder, _ engine: RecordingEngine,
    meddle: @escaping @Sendable (String) -> Void
  ) throws -> IndexingSession {
    IndexingSession(
      catalog: try Catalog(folder: state.path, access: .writing), engine: engine,
      extraction: { (file) throws(ExtractionError) in
        let path = String(decoding: file.pathBytes, as: UTF8.self)
        let data = FileManager.default.contents(atPath: path)
        meddle(path)
        guard let data else { throw .vanished }
        return ExtractedContent(text: String(decoding: data, as: UTF8.self))
      })
  }

  @Test func aFileThatChangesWhileItIsReadIsReadAgain() async throws {
    let shared = try TemporaryFolder()
    let state = try TemporaryFolder()
    let engine = RecordingEngine()
    try shared.write("before", to: "file")
    let isFirst = Atomic(true)
    let session = try session(state, engine) { path in
      guard isFirst.exchange(false, ordering: .relaxed) else { return }
      try? Data("after, and longer".utf8).write(to: URL(fileURLWithPath: path))
    }
    _ = try await session.index([shared.bytes])
    // Never the hash of the one with the text of the other.
    #expect(engine.records.values.first?.contentHash == nil)
    #expect(try session.catalog.status().counts.pending == 1)
    _ = try await session.index([shared.bytes])
    let record = try #require(engine.records.values.first)
    #expect(record.text == "after, and longer")
    #expect(record.contentHash?.hexadecimal == sha256("after, and longer"))
  }

  @Test func aFileThatGrowsWhileItIsReadIsReadAgain() async throws {
    let shared = try TemporaryFolder()
    let state = try TemporaryFolder()
    let engine = RecordingEngine()
    try shared.write("begun", to: "log")
    let appends = Atomic(3)
    let session = try session(state, engine) { path in
      guard appends.subtract(1, ordering: .relaxed).newValue >= 0 else { return }
      let handle = FileHandle(forWritingAtPath: path)
      _ = try? handle?.seekToEnd()
      try? handle?.write(contentsOf: Data(" and longer".utf8))
      try? handle?.close()
    }
    // Found by its name all the while, and never with a hash of what it was in between.
    for _ in 0..<3 {
      _ = try await session.index([shared.bytes])
      #expect(engine.records.values.map(\.filename) == ["log"])
      #expect(engine.records.values.first?.contentHash == nil)
    }
    _ = try await session.index([shared.bytes])
    let text = "begun and longer and longer and longer"
    let record = try #require(engine.records.values.first)
    #expect(record.size == Int64(text.utf8.count))
    #expect(record.text == text)
    #expect(record.contentHash?.hexadecimal == sha256(text))
  }

  /// Between the look at the folder and the reading anything can take a file's place.
  @Test(arguments: ["a folder", "a link outward", "a pipe", "a socket"])
  func whatIsNoFileAnyMoreIsNotRead(becoming kind: String) async throws {
    let outside = try TemporaryFolder()
    try outside.write("secret", to: "secret")
    let shared = try TemporaryFolder()
    let state = try TemporaryFolder()
    let engine = RecordingEngine()
    for name in ["a", "b"] { try shared.write(name, to: name) }
    let isFirst = Atomic(true)
    let session = try session(state, engine) { path in
      guard isFirst.exchange(false, ordering: .relaxed) else { return }
      for name in ["a", "b"] where !path.hasSuffix("/" + name) {
        let other = shared.path(name)
        unlink(other)
        switch kind {
        case "a folder": mkdir(other, 0o700)
        case "a link outward": symlink(outside.path("secret"), other)
        case "a pipe": mkfifo(other, 0o600)
        default: mknod(other, S_IFSOCK | 0o600, 0)
        }
      }
    }
    _ = try await session.index([shared.bytes])
    #expect(!engine.records.values.contains { $0.text == "secret" })
    // A pipe that were opened would never be done with.
    _ = try await session.index([shared.bytes])
    #expect(engine.records.count == 1)
    #expect(engine.records.values.allSatisfy { $0.text == $0.filename })
  }

  @Test func aFileThatVanishesWhileItIsReadGoesWithTheNextLook() async throws {
    let shared = try TemporaryFolder()
    let state = try TemporaryFolder()
    let engine = RecordingEngine()
    for name in ["a", "b", "c"] { try shared.write(name, to: name) }
    let session = try session(state, engine) { path in unlink(path) }
    let summary = try await session.index([shared.bytes])
    #expect(summary.readCount == 0 && summary.postponedCount == 3)
    #expect(summary.readByteCount == 0)
    _ = try await session.index([shared.bytes])
    #expect(engine.records.isEmpty)
  }

  @Test func aHugeFileIsReadInLittleMemory() async throws {
    let workshop = try Workshop()
    // A hole of a gibibyte would take long to hash; 64 MiB show whether it is read in parts.
    let path = workshop.shared.path("huge")
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    #expect(truncate(path, 64 << 20) == 0)
    let status = FileStatus(
      try FolderHandle(root: workshop.shared.bytes).status(ofEntry: PathBytes("huge")))
    let steps = Mutex<[Int]>([])
    let reading = ContentReading { (_) throws(ExtractionError) in nil }
    let outcome = try await reading.read(
      PendingFile(
        id: 1, share: 1, root: workshop.shared.bytes, path: PathBytes("huge"), status: status)
    ) { count in steps.withLock { $0.append(count) } }
    guard case .read(_, .success(.empty)) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(steps.withLock { $0.reduce(0, +) } == 64 << 20)
    #expect(steps.withLock { $0.max()! } <= 1 << 20)
  }

  /// In a process that is not the superuser's, to whom nothing is unreadable.
  @Test func whatMayNotBeReadIsNotedAndTheRestIsFound() async throws {
    await #expect(processExitsWith: .success) {
      if getuid() == 0, setgid(65534) != 0 || setuid(65534) != 0 { exit(2) }
      let workshop = try Workshop()
      try workshop.shared.write("x", to: "open")
      try workshop.shared.write("x", to: "closed")
      try workshop.shared.write("x", to: "folder/inside")
      chmod(workshop.shared.path("closed"), 0)
      chmod(workshop.shared.path("folder"), 0)
      let summary = try await workshop.index()
      var isRight = workshop.paths == ["closed", "open"]
      isRight = isRight && summary.notes.count == 1
      let failed = try workshop.catalog.status().counts.failed
      chmod(workshop.shared.path("closed"), 0o600)
      chmod(workshop.shared.path("folder"), 0o700)
      try await workshop.index()
      isRight = isRight && workshop.paths == ["closed", "folder/inside", "open"]
      let done = try workshop.catalog.status().counts.done
      exit(isRight && failed == 1 && done == 3 ? 0 : 1)
    }
  }
}
