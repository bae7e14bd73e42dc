import ArgumentParser
import Foundation
import RelevanceEvaluation
import SearchModel

/// `nearfind evaluate`.
struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure how good the ranking is on a test collection.",
    discussion: """
      A collection is a folder with corpus.jsonl (or corpus.jsonl.gz), queries.tsv and qrels.tsv; \
      further query sets are queries-NAME.tsv with qrels-NAME.tsv. Its records are indexed as \
      those of real files are, in a temporary index, and each query is searched as nearfind search \
      does. Where golden.tsv stands beside the queries, the scores are compared with it.

      EXAMPLES:
        nearfind evaluate fixtures/tldr-ko
        nearfind evaluate fixtures/tldr-en --run ranking.run
        nearfind evaluate COLLECTION --queries queries.tsv --qrels qrels.tsv --json
        nearfind evaluate fixtures/nl2bash --update-golden

      EXIT STATUS:
        0  measured, and no average fell below its golden one by more than 0.005
        2  wrong use, or no collection there
        3  an average fell, or the evaluation could not be carried out
      """
  )

  @Argument(help: "The collection's folder.", completion: .directory)
  var collection: String

  @Option(
    help: ArgumentHelp("Queries instead of the collection's own, with --qrels.", valueName: "file"),
    completion: .file())
  var queries: String?

  @Option(
    help: ArgumentHelp("Judgments for --queries, in TREC form.", valueName: "file"),
    completion: .file())
  var qrels: String?

  @Flag(help: "Print one JSON document for programs.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Write the rankings as trec_eval reads them; with several query sets one file each.",
      valueName: "file"),
    completion: .file())
  var run: String?

  @Flag(help: "Make the scores of now the golden ones.")
  var updateGolden = false

  @Flag(help: "Search strictly: only what matches all words of a query.")
  var strict = false

  func validate() throws {
    if (queries == nil) != (qrels == nil) {
      throw ValidationError("--queries and --qrels belong together: give both or none.")
    }
  }

  func run() async throws {
    let console = Console.standard
    let folder =
      if let queries, let qrels {
        try CollectionFolder(path: collection, queriesPath: queries, judgmentsPath: qrels)
      } else {
        try CollectionFolder(path: collection)
      }
    if updateGolden, folder.querySets.contains(where: { $0.goldenPath == nil }) {
      throw CommandFailure.wrongUse(
        "--update-golden is for a collection's own query sets; these files belong to none.")
    }
    let progress = ProgressLine(on: console.errors)
    defer { progress.clear() }
    let evaluator = try await CollectionEvaluator(
      folder: folder, isStrict: strict, progress: progress)

    var reports: [EvaluationReport] = []
    for querySet in folder.querySets {
      let runPath = run.map { Self.path($0, for: querySet, amongMany: folder.querySets.count > 1) }
      reports.append(try await evaluator.report(on: querySet, runPath: runPath))
    }
    progress.clear()
    if updateGolden { try Self.writeGolden(reports, folder: folder, console: console) }
    if json {
      console.output.emit(try JSONDocument.text(of: EvaluationDocument(reports: reports)))
    } else {
      console.output.emit(reports.map { $0.text() }.joined(separator: "\n"))
    }
    if !updateGolden, !reports.allSatisfy(\.passes) { throw CommandStatus(.failed) }
  }

  private static func writeGolden(
    _ reports: [EvaluationReport], folder: CollectionFolder, console: Console
  ) throws {
    for (report, querySet) in zip(reports, folder.querySets) {
      guard let path = querySet.goldenPath else { continue }
      try GoldenScores(of: report).write(path: path)
      console.complain("The golden scores are now those of this run: \(path)")
    }
  }

  /// `ranking.run` for the plain set, `ranking-particle.run` for the set `particle`.
  private static func path(_ path: String, for querySet: QuerySet, amongMany: Bool) -> String {
    guard amongMany, !querySet.name.isEmpty else { return path }
    let url = URL(fileURLWithPath: path)
    let stem = url.deletingPathExtension().path + "-" + querySet.name
    return url.pathExtension.isEmpty ? stem : stem + "." + url.pathExtension
  }
}

/// The JSON document of `nearfind evaluate --json`.
struct EvaluationDocument: Codable, Hashable {
  var version = 1
  /// One for each query set, the plain one first.
  var reports: [EvaluationReport]
}
