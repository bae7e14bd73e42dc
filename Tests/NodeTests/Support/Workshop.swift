import Extraction
import Foundation
import SearchModel
import Synchronization

@testable import Node

/// A shared folder, a catalog, an index and a session over them, with a reader that counts.
final class Workshop: Sendable {
  let shared: TemporaryFolder
  let state: TemporaryFolder
  let engine: RecordingEngine
  let session: IndexingSession

  init(
    shared: TemporaryFolder? = nil, state: TemporaryFolder? = nil,
    engine: RecordingEngine = RecordingEngine(), options: IndexingSession.Options = .init(),
    owner: Owner = .local, readsText: Bool = true
  ) throws {
    self.shared = try shared ?? TemporaryFolder()
    self.state = try state ?? TemporaryFolder()
    self.engine = engine
    let extractions = Counter()
    counter = extractions
    let nothing: ContentExtraction = { _ in nil }
    session = IndexingSession(
      catalog: try Catalog(folder: self.state.path, access: .writing, owner: owner),
      engine: engine, options: options,
      extraction: readsText ? Self.extraction { extractions.add() } : nothing)
  }

  private let counter: Counter

  /// How many files were read since the last time this was asked.
  func takeExtractionCount() -> Int { counter.take() }

  var catalog: Catalog { session.catalog }

  /// The share's name in records.
  var name: String { (shared.path as NSString).lastPathComponent }

  @discardableResult
  func index() async throws -> IndexingSummary { try await session.index([shared.bytes]) }

  /// The paths below the share that the index knows.
  var paths: [String] {
    engine.paths.map { String($0.dropFirst(name.count + 1)) }.sorted()
  }

  func record(_ path: String) -> Record? { engine.record(at: name + "/" + path) }

  /// Takes the first line as title and the whole as text.
  static func extraction(_ count: @escaping @Sendable () -> Void) -> ContentExtraction {
    { (file) throws(ExtractionError) in
      count()
      guard
        let data = FileManager.default.contents(
          atPath: String(decoding: file.pathBytes, as: UTF8.self))
      else { throw .vanished }
      let text = String(decoding: data, as: UTF8.self)
      if text.hasPrefix("broken") { throw .unsupported(reason: "broken") }
      let title = String(text.prefix { $0 != "\n" })
      return ExtractedContent(title: title, keywords: [title + "1", title + "2"], text: text)
    }
  }
}

final class Counter: Sendable {
  private let count = Atomic(0)
  func add() { count.add(1, ordering: .relaxed) }
  func take() -> Int { count.exchange(0, ordering: .relaxed) }
}
