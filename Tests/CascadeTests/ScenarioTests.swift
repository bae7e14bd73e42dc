import TestSupport
import Testing

@Suite("Cascade scenarios") struct ScenarioTests {
  static let scenarios = ScenarioFolder()

  @Test func theScenariosAreThere() {
    #expect(Self.scenarios.names.count >= 8)
  }

  @Test(arguments: scenarios.names)
  func theCascadeDoesWhatTheScenarioTells(_ name: String) async throws {
    let problem = try await Self.scenarios.problem(of: name) { try await ScenarioRunner.play($0) }
    #expect(problem == nil)
  }

  @Test func aScenarioThatTellsOtherwiseFails() async throws {
    let text = """
      1 is own, 5 ms: report
      search group report, 10 hits
        0 ms  ask 1 for matches
      """
    let actual = try await ScenarioRunner.play(text)
    #expect(actual != text)
    #expect(ScenarioFolder.difference(text, actual).contains("+   0 ms  ask 1 for statistics"))
    await #expect(throws: ScenarioRunner.Problem.self) {
      try await ScenarioRunner.play("1 dances")
    }
  }
}
