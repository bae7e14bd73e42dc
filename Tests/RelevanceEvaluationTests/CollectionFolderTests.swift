import Foundation
import RelevanceEvaluation
import Testing

@Suite struct CollectionFolderTests {
  private func folder(_ files: [String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for file in files { try folder.write("", to: file) }
    return folder
  }

  @Test func plainSetComesFirstAndPartnersAreShared() throws {
    let folder = try folder([
      "corpus.jsonl", "queries.tsv", "qrels.tsv", "queries-b.tsv", "qrels-b.tsv",
      "qrels-a.tsv", "queriesother.tsv", "queries-.tsv", "notes.md",
    ])
    let collection = try CollectionFolder(path: folder.url.path)
    #expect(collection.name == folder.url.lastPathComponent)
    #expect(collection.querySets.map(\.name) == ["", "a", "b"])
    func names(_ paths: [String?]) -> [String] {
      paths.map { $0.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "" }
    }
    let sets = collection.querySets
    #expect(names(sets.map(\.queriesPath)) == ["queries.tsv", "queries.tsv", "queries-b.tsv"])
    #expect(names(sets.map(\.judgmentsPath)) == ["qrels.tsv", "qrels-a.tsv", "qrels-b.tsv"])
    #expect(names(sets.map(\.goldenPath)) == ["golden.tsv", "golden-a.tsv", "golden-b.tsv"])
  }

  @Test func filesFromElsewhere() throws {
    let folder = try folder(["corpus.jsonl.gz", "queries-x.tsv", "qrels-x.tsv"])
    let own = try CollectionFolder(
      path: folder.url.path, queriesPath: folder.path("queries-x.tsv"),
      judgmentsPath: folder.path("qrels-x.tsv"))
    #expect(own.querySets.map(\.name) == ["x"])
    #expect(own.querySets[0].goldenPath != nil)
    let other = try CollectionFolder(
      path: folder.url.path, queriesPath: "/q/mine.tsv", judgmentsPath: "/q/judged.tsv")
    #expect(other.querySets.map(\.name) == ["mine"])
    #expect(other.querySets[0].goldenPath == nil)
  }

  @Test func whatIsMissingIsSaid() throws {
    for files in [
      [], ["queries.tsv", "qrels.tsv"], ["corpus.jsonl"], ["corpus.jsonl", "queries.tsv"],
      ["corpus.jsonl", "qrels-a.tsv"],
    ] {
      let folder = try folder(files)
      let error = try #require(throws: EvaluationError.self) {
        try CollectionFolder(path: folder.url.path)
      }
      guard case .missing = error else {
        Issue.record("\(files): \(error)")
        continue
      }
    }
    #expect(throws: EvaluationError.self) { try CollectionFolder(path: "/no/such/folder") }
  }

  @Test func twoCorporaAreAmbiguous() throws {
    let folder = try folder(["corpus.jsonl", "corpus.jsonl.gz", "queries.tsv", "qrels.tsv"])
    let error = try #require(throws: EvaluationError.self) {
      try CollectionFolder(path: folder.url.path)
    }
    guard case .ambiguousCorpus = error else {
      Issue.record("\(error)")
      return
    }
  }
}
