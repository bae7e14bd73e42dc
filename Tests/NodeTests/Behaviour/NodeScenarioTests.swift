import TestSupport
import Testing

@testable import Node

/// The texts in `Scenarios`: what happens to a node, and what it does.
@Suite struct NodeScenarioTests {
  static let scenarios = ScenarioFolder()

  @Test func thereAreScenarios() { #expect(Self.scenarios.names.count >= 8) }

  @Test(arguments: scenarios.names) func aScenarioTellsTheTruth(_ name: String) async throws {
    let problem = try await Self.scenarios.problem(of: name) { try NodeScenarioRunner.play($0) }
    #expect(problem == nil)
  }
}
