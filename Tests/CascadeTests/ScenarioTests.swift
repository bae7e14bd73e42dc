import Foundation
import Testing

/// The scenarios as people read them. `NEARFIND_WRITE_SCENARIOS=1` writes what happens into the
/// files: read the difference before it is committed.
@Suite("Cascade scenarios") struct ScenarioTests {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appending(path: "Scenarios")

  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".txt") }.sorted()

  @Test func theScenariosAreThere() {
    #expect(Self.names.count >= 8)
  }

  @Test(arguments: names)
  func theCascadeDoesWhatTheScenarioTells(_ name: String) async throws {
    let file = Self.folder.appending(path: name)
    let expected = try String(contentsOf: file, encoding: .utf8)
    let actual = try await ScenarioRunner.play(expected)
    if ProcessInfo.processInfo.environment["NEARFIND_WRITE_SCENARIOS"] != nil {
      try actual.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(actual == expected, "\(Self.difference(expected, actual))")
  }

  @Test func aScenarioThatTellsOtherwiseFails() async throws {
    let text = """
      1 is own, 5 ms: report
      search group report, 10 hits
        0 ms  ask 1 for matches
      """
    let actual = try await ScenarioRunner.play(text)
    #expect(actual != text)
    #expect(Self.difference(text, actual).contains("+   0 ms  ask 1 for statistics"))
    await #expect(throws: ScenarioRunner.Problem.self) {
      try await ScenarioRunner.play("1 dances")
    }
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
