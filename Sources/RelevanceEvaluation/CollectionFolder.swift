import Foundation

/// A test collection on the disk: one corpus and one or several sets of queries on it.
///
/// | file | what |
/// |---|---|
/// | `corpus.jsonl` or `corpus.jsonl.gz` | the records (``CorpusReader``) |
/// | `queries.tsv`, `qrels.tsv` | the plain query set and its judgments |
/// | `queries-NAME.tsv`, `qrels-NAME.tsv` | a further query set. Where only one of the two is there, the plain file stands in for the other: a second judgment of the same queries, or a second wording of them |
/// | `golden.tsv`, `golden-NAME.tsv` | the scores to hold (``GoldenScores``) |
///
/// Other files are ignored.
public struct CollectionFolder: Hashable, Sendable {
  /// The folder's own name.
  public let name: String

  public let corpusPath: String

  /// The plain set first, then by name; never empty.
  public let querySets: [QuerySet]

  /// - Throws: ``EvaluationError``: `missing` without a folder, a corpus, or a set with both
  ///   queries and judgments; `ambiguousCorpus` with two corpora; `inputOutput`.
  public init(path: String) throws {
    let folder = URL(fileURLWithPath: path, isDirectory: true).standardizedFileURL
    let files = try Self.files(in: folder)
    self.name = folder.lastPathComponent
    self.corpusPath = try Self.corpus(in: folder, files: files)
    self.querySets = try Self.querySets(in: folder, files: files)
  }

  /// Takes the corpus of a folder and, instead of the folder's own, one set of queries from
  /// anywhere. A set of the folder's own is recognised and keeps its name and golden file.
  ///
  /// - Throws: as ``init(path:)``, except that the folder needs no set of its own. Whether the
  ///   two files are there is found when they are read.
  public init(path: String, queriesPath: String, judgmentsPath: String) throws {
    let folder = URL(fileURLWithPath: path, isDirectory: true).standardizedFileURL
    let files = try Self.files(in: folder)
    self.name = folder.lastPathComponent
    self.corpusPath = try Self.corpus(in: folder, files: files)
    let queries = URL(fileURLWithPath: queriesPath).standardizedFileURL
    let judgments = URL(fileURLWithPath: judgmentsPath).standardizedFileURL
    let own = (try? Self.querySets(in: folder, files: files)) ?? []
    let known = own.first {
      $0.queriesPath == queries.path && $0.judgmentsPath == judgments.path
    }
    self.querySets = [
      known
        ?? QuerySet(
          name: queries.deletingPathExtension().lastPathComponent,
          queriesPath: queries.path, judgmentsPath: judgments.path, goldenPath: nil)
    ]
  }

  private static func files(in folder: URL) throws -> Set<String> {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder),
      isFolder.boolValue
    else {
      throw EvaluationError.missing(
        path: folder.path, expected: "a folder with corpus.jsonl, queries.tsv and qrels.tsv"
      )
    }
    do {
      return Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
    } catch {
      throw EvaluationError.inputOutput(path: folder.path, reason: error.localizedDescription)
    }
  }

  private static func corpus(in folder: URL, files: Set<String>) throws -> String {
    let plain = "corpus.jsonl"
    let compressed = "corpus.jsonl.gz"
    switch (files.contains(plain), files.contains(compressed)) {
    case (true, true): throw EvaluationError.ambiguousCorpus(folder: folder.path)
    case (true, false): return folder.appendingPathComponent(plain).path
    case (false, true): return folder.appendingPathComponent(compressed).path
    case (false, false):
      throw EvaluationError.missing(
        path: folder.appendingPathComponent(plain).path, expected: "it or \(compressed)")
    }
  }

  private static func querySets(in folder: URL, files: Set<String>) throws -> [QuerySet] {
    let names = Set(
      files.compactMap { name(of: $0, stem: "queries") ?? name(of: $0, stem: "qrels") })
    guard !names.isEmpty else {
      throw EvaluationError.missing(
        path: folder.appendingPathComponent("queries.tsv").path,
        expected: "it and qrels.tsv, or a queries-NAME.tsv and qrels-NAME.tsv")
    }
    return try names.sorted().map { name in
      QuerySet(
        name: name,
        queriesPath: try path(of: "queries", set: name, in: folder, files: files),
        judgmentsPath: try path(of: "qrels", set: name, in: folder, files: files),
        goldenPath: folder.appendingPathComponent(fileName("golden", set: name)).path
      )
    }
  }

  private static func path(
    of stem: String, set: String, in folder: URL, files: Set<String>
  ) throws -> String {
    for candidate in [fileName(stem, set: set), fileName(stem, set: "")]
    where files.contains(candidate) {
      return folder.appendingPathComponent(candidate).path
    }
    throw EvaluationError.missing(
      path: folder.appendingPathComponent(fileName(stem, set: set)).path,
      expected: "the partner of the set's other file")
  }

  private static func fileName(_ stem: String, set: String) -> String {
    set.isEmpty ? "\(stem).tsv" : "\(stem)-\(set).tsv"
  }

  /// - Returns: the set that a file belongs to, empty for the plain one; nil for other files.
  private static func name(of file: String, stem: String) -> String? {
    guard file.hasPrefix(stem), file.hasSuffix(".tsv") else { return nil }
    let middle = file.dropFirst(stem.count).dropLast(".tsv".count)
    if middle.isEmpty { return "" }
    guard middle.first == "-", middle.count > 1 else { return nil }
    return String(middle.dropFirst())
  }
}

/// Queries and their judgments, by file.
public struct QuerySet: Hashable, Sendable {
  /// Empty for a collection's plain set.
  public let name: String
  public let queriesPath: String
  public let judgmentsPath: String

  /// Where the scores to hold belong; the file need not exist yet. Nil for a set that was named
  /// file by file.
  public let goldenPath: String?
}
