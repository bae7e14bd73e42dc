import Extraction
import Foundation
import Testing

@testable import Node

/// Ctrl-C in the middle of reading contents.
@Suite struct InterruptionTests {
  @Test func whatWasReadIsKept() async throws {
    let shared = try TemporaryFolder()
    let state = try TemporaryFolder()
    try shared.write("endless", to: "1")
    try shared.write("one", to: "2")
    try shared.write("two", to: "3")
    let quick = Counter()
    let (signals, signal) = AsyncStream.makeStream(of: Void.self)
    let session = IndexingSession(
      catalog: try Catalog(folder: state.path, access: .writing), engine: RecordingEngine(),
      extraction: { (file) throws(ExtractionError) in
        if String(decoding: file.pathBytes, as: UTF8.self).hasSuffix("/1") {
          // Ends with the task only.
          do { try await Task.sleep(for: .seconds(86_400)) } catch { throw .cancelled }
        }
        quick.add()
        signal.yield()
        return ExtractedContent(title: "title", keywords: [], text: "")
      })
    let indexing = Task { try await session.index([shared.bytes]) }
    var seen = 0
    for await _ in signals {
      seen += 1
      if seen == 2 { break }
    }
    indexing.cancel()
    await #expect(throws: CancellationError.self) { try await indexing.value }
    #expect(quick.take() == 2)
    let counts = try session.catalog.status().counts
    #expect(counts.done == 2)
    #expect(counts.pending == 1)
  }

  /// Nothing but the cancellation can end the hashing of a file of 1 TB within a test.
  @Test(.timeLimit(.minutes(1))) func aHugeFileIsLeftSoon() async throws {
    let workshop = try Workshop()
    try workshop.shared.write("", to: "huge")
    let file = try FileHandle(
      forWritingTo: URL(fileURLWithPath: workshop.shared.path).appending(path: "huge"))
    try file.truncate(atOffset: 1 << 40)
    try file.close()
    let (signals, signal) = AsyncStream.makeStream(of: Void.self)
    let indexing = Task {
      try await workshop.session.index([workshop.shared.bytes]) { progress in
        if progress.bytesDone > 0 { signal.yield() }
      }
    }
    for await _ in signals { break }
    indexing.cancel()
    await #expect(throws: CancellationError.self) { try await indexing.value }
    #expect(try workshop.catalog.status().counts.pending == 1)
  }

  @Test func endingAShareTakesItsRecordsOut() async throws {
    let workshop = try Workshop()
    try workshop.shared.write("one", to: "a/1")
    try await workshop.index()
    #expect(workshop.paths == ["a/1"])
    let other = PathBytes(workshop.shared.path + "/a")
    await #expect(throws: CatalogError.notShared(path: other.text)) {
      try await workshop.session.forget([other])
    }
    try FileManager.default.moveItem(
      atPath: workshop.shared.path, toPath: workshop.state.path + "/moved")
    let ended = try await workshop.session.forget([PathBytes(workshop.shared.path + "/./a/..//")])
    #expect(ended.map(\.root) == [workshop.shared.bytes])
    #expect(workshop.paths == [])
    #expect(try workshop.catalog.shares().isEmpty)
  }
}
