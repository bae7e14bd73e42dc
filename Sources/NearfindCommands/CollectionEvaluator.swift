import Foundation
import RelevanceEvaluation
import SearchModel

/// A test collection in a temporary index, ready to be searched as people search.
struct CollectionEvaluator {
  /// Enough for a batch to be cheap, little enough for its texts to fit in memory many times over.
  private static let batchSize = 2_000

  private let folder: CollectionFolder
  private let isStrict: Bool
  private let progress: ProgressLine
  /// Kept for as long as the engine has its files in it.
  private let directory: TemporaryDirectory
  private let engine: any FullTextEngine
  private let identifiers: IdentifierSet

  /// Indexes the collection's records.
  ///
  /// - Throws: ``RelevanceEvaluation/EvaluationError``, ``SearchModel/EngineError``.
  init(folder: CollectionFolder, isStrict: Bool, progress: ProgressLine) async throws {
    self.folder = folder
    self.isStrict = isStrict
    self.progress = progress
    directory = try TemporaryDirectory()
    let writer = try Composition.engineForWriting(at: directory.path + "/index")
    identifiers = try await Self.index(folder.corpusPath, with: writer, progress: progress)
    engine = writer
  }

  private static func index(
    _ path: String, with engine: any FullTextEngine, progress: ProgressLine
  ) async throws -> IdentifierSet {
    let corpus = try CorpusReader(path: path)
    var batch: [RecordChange] = []
    var count = 0
    while let record = try corpus.next() {
      batch.append(.put(record))
      count += 1
      if batch.count == batchSize {
        try await engine.apply(batch)
        batch.removeAll(keepingCapacity: true)
        progress.show(.init(activity: "indexing", done: count, unit: "records"))
      }
    }
    try await engine.apply(batch)
    try await engine.commit(notes: [:])
    return corpus.identifiers
  }

  /// Searches the set's queries and compares with the golden scores, where there are some.
  ///
  /// - Parameters:
  ///   - depth: how many results of a query are looked at; reading them is most of the work.
  ///   - runPath: where to write the rankings; nil for nowhere.
  func report(
    on querySet: QuerySet, depth: Int = Evaluation.defaultDepth, runPath: String?
  ) async throws -> EvaluationReport {
    let evaluation = try Evaluation(
      collection: folder.name, querySet: querySet, depth: depth)
    let writer = RunWriter()
    let search = PersonalSearch(engine: engine)
    var run = ""
    var done = 0
    var report = try await evaluation.run(
      corpus: identifiers,
      willScore: { query, ranking in
        if runPath != nil { run += try writer.lines(query: query.id, ranking: ranking) }
        done += 1
        progress.show(
          .init(
            activity: "searching", done: done, total: evaluation.queries.count, unit: "queries"))
      },
      search: { text in
        let request = SearchRequest(query: .words(text), limit: evaluation.depth)
        let answer = try await search.answer(to: request, isStrict: isStrict).answer
        return answer.hits.map { ($0.record.key, $0.weight) }
      })
    if let runPath { try Self.write(run, to: runPath) }
    if let goldenPath = querySet.goldenPath,
      FileManager.default.fileExists(atPath: goldenPath)
    {
      report.comparison = GoldenComparison(of: report, with: try GoldenScores(path: goldenPath))
    }
    return report
  }

  private static func write(_ run: String, to path: String) throws(EvaluationError) {
    do {
      try Data(run.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw .inputOutput(path: path, reason: error.localizedDescription)
    }
  }
}
