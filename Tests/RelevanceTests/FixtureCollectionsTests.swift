import Foundation
import RelevanceEvaluation
import Testing

@testable import NearfindCommands

/// The ranking is good: `nearfind evaluate` over every collection in `fixtures/`, from the records
/// to the scores, through the engine that is shipped.
@Suite struct FixtureCollectionsTests {
  /// What nDCG@10 must at least be, whatever the golden files say.
  private static let targets: [String: [String: Double]] = [
    "tldr-en": ["": 0.57],
    "nl2bash": ["": 0.30],
    "tldr-ko": ["": 0.56, "particle": 0.76],
    "known-items": [
      "names": 0.99, "styles": 0.99, "folders": 0.99, "prefixes": 0.97, "typos": 0.97,
      "korean": 0.97,
    ],
  ]

  /// A shallower ranking than that of `nearfind evaluate` scores alike but for the average
  /// precision, which loses less than 0.002, and is there in a fraction of the time.
  private static let depth = 100

  @Test(arguments: ["tldr-en", "nl2bash", "tldr-ko", "known-items"])
  func rankingIsAsGoodAsItMustBe(name: String) async throws {
    let targets = try #require(Self.targets[name])
    let folder = try CollectionFolder(path: fixture(name))
    #expect(Set(folder.querySets.map(\.name)) == Set(targets.keys))
    // No descriptor is a terminal nobody watches: the collections' progress would mix.
    let silence = ProgressLine(on: OutputChannel(descriptor: -1))
    let evaluator = try await CollectionEvaluator(
      folder: folder, isStrict: false, progress: silence)
    for querySet in folder.querySets {
      let report = try await evaluator.report(on: querySet, depth: Self.depth, runPath: nil)
      let target = try #require(targets[querySet.name])
      #expect(report.averages.ndcgAt10 >= target, "\(report.text())")
      let comparison = try #require(report.comparison, "no golden file of \(querySet.name)")
      #expect(comparison.passes, "\(report.text())")
    }
  }

  private func fixture(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "fixtures/\(name)").path
  }
}
