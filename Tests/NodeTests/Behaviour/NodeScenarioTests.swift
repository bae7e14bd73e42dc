import Foundation
import Testing

@testable import Node

/// The texts in `Scenarios`: what happens to a node, and what it does.
@Suite struct NodeScenarioTests {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Scenarios")

  static var names: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".txt") }.sorted()
  }

  @Test func thereAreScenarios() { #expect(Self.names.count >= 8) }

  /// `NEARFIND_WRITE_SCENARIOS=1` writes what the node does into the files, to be looked at.
  @Test(arguments: names) func aScenarioTellsTheTruth(_ name: String) throws {
    let file = Self.folder.appending(path: name)
    let text = try String(contentsOf: file, encoding: .utf8)
    let played = try NodeScenarioRunner.play(text)
    if ProcessInfo.processInfo.environment["NEARFIND_WRITE_SCENARIOS"] != nil {
      try Data(played.utf8).write(to: file)
    }
    #expect(played == text, "\(name)")
  }
}
