import Foundation
import RelevanceEvaluation
import SearchModel
import Testing

/// The collections in `fixtures/` are whole: they can be read, and what is judged is there.
@Suite struct FixturesTests {
  @Test(arguments: [
    ("tldr-en", 7425, ["": 1000]),
    ("tldr-ko", 6648, ["": 1000, "particle": 300]),
    ("nl2bash", 7425, ["": 1506]),
    (
      "known-items", 5000,
      [
        "folders": 100, "korean": 190, "names": 200, "prefixes": 120, "styles": 200,
        "typos": 200,
      ]
    ),
  ])
  func collectionIsWhole(name: String, recordCount: Int, queryCounts: [String: Int]) async throws {
    let folder = try CollectionFolder(
      path: packageFolder.appendingPathComponent("fixtures/\(name)").path)
    let reader = try CorpusReader(path: folder.corpusPath)
    while let record = try reader.next() { #expect(!record.filename.isEmpty) }
    #expect(reader.identifiers.count == recordCount)
    #expect(Set(folder.querySets.map(\.name)) == Set(queryCounts.keys))
    for querySet in folder.querySets {
      let evaluation = try Evaluation(collection: name, querySet: querySet)
      let report = try await evaluation.run(corpus: reader.identifiers) { _ in [] }
      #expect(report.queries.count == queryCounts[querySet.name])
      #expect(report.notes.isEmpty, "\(querySet.name): \(report.notes)")
    }
  }
}
