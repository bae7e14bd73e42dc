import Foundation
import Testing

/// The scenarios as people read them. `NEARFIND_WRITE_SCENARIOS=1` writes what happens into the
/// files: read the difference before it is committed.
@Suite struct ScenarioTests {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appending(path: "Scenarios")

  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".txt") }.sorted()

  @Test func theScenariosAreThere() {
    #expect(Self.names.count >= 10)
  }

  @Test(arguments: names)
  func placementDoesWhatTheScenarioTells(_ name: String) throws {
    let file = Self.folder.appending(path: name)
    let expected = try String(contentsOf: file, encoding: .utf8)
    let actual = try ScenarioRunner.play(expected)
    if ProcessInfo.processInfo.environment["NEARFIND_WRITE_SCENARIOS"] != nil {
      try actual.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(actual == expected, "\(Self.difference(expected, actual))")
  }

  @Test func aScenarioThatTellsOtherwiseFails() throws {
    let text = "n1 joins band 1, capacity 2\n  n1: attach to n2 (g1 e2)\n"
    let actual = try ScenarioRunner.play(text)
    #expect(actual != text)
    #expect(
      Self.difference(text, actual).contains("+   n1: become the virtual server of g1 (e2) for 2"))
    #expect(throws: ScenarioRunner.Problem.self) { try ScenarioRunner.play("n1 dances\n") }
  }

  /// The lines that are missing (`-`) or new (`+`), with their place.
  static func difference(_ expected: String, _ actual: String) -> String {
    let old = expected.components(separatedBy: "\n")
    let new = actual.components(separatedBy: "\n")
    let changes = new.difference(from: old).map { change in
      switch change {
      case .remove(let offset, let line, _): (offset, "\(offset + 1)\t- \(line)")
      case .insert(let offset, let line, _): (offset, "\(offset + 1)\t+ \(line)")
      }
    }
    return changes.sorted { $0.0 < $1.0 }.map(\.1).joined(separator: "\n")
  }
}
