import TestSupport
import Testing

@Suite struct ScenarioTests {
  static let scenarios = ScenarioFolder()

  @Test func theScenariosAreThere() {
    #expect(Self.scenarios.names.count >= 10)
  }

  @Test(arguments: scenarios.names)
  func placementDoesWhatTheScenarioTells(_ name: String) async throws {
    let problem = try await Self.scenarios.problem(of: name) { try ScenarioRunner.play($0) }
    #expect(problem == nil)
  }

  @Test func aScenarioThatTellsOtherwiseFails() throws {
    let text = "n1 joins band 1, capacity 2\n  n1: attach to n2 (g1 e2)\n"
    let actual = try ScenarioRunner.play(text)
    #expect(actual != text)
    #expect(
      ScenarioFolder.difference(text, actual)
        .contains("+   n1: become the virtual server of g1 (e2) for 2"))
    #expect(throws: ScenarioRunner.Problem.self) { try ScenarioRunner.play("n1 dances\n") }
  }
}
