import Foundation
import Testing

/// `NEARFIND_SIMULATION_SEEDS=10000` runs more of it, `NEARFIND_SIMULATION_SEED=17` one run alone.
@Suite struct NodeSimulationTests {
  @Test func everyNodeFindsItsPlaceWhateverTheNetworkDoes() {
    let settings = ProcessInfo.processInfo.environment
    let count = settings["NEARFIND_SIMULATION_SEEDS"].flatMap(UInt64.init) ?? 60
    let only = settings["NEARFIND_SIMULATION_SEED"].flatMap(UInt64.init)
    var eventCount = 0
    for seed in only.map({ $0...$0 }) ?? 1...count {
      var simulation = NodeSimulation(seed: seed)
      do {
        try simulation.run()
      } catch {
        Issue.record("NEARFIND_SIMULATION_SEED=\(seed): \(error)")
        return
      }
      eventCount += simulation.eventCount
    }
    // Otherwise the runs were empty and proved nothing.
    #expect(eventCount > 1_000)
  }
}
