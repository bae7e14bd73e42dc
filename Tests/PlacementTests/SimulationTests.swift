import Foundation
import Testing

/// `NEARFIND_SIMULATION_SEEDS=100000` runs more of it, `NEARFIND_SIMULATION_SEED=17` one run alone.
@Suite struct SimulationTests {
  /// What the runs of some seeds came to.
  private struct Tally: Sendable {
    var runs = 0
    var handled = 0
    /// The first of them that failed, and why.
    var failure: (seed: UInt64, reason: String)?
  }

  @Test func everythingSettlesWhateverTheNetworkDoes() async {
    let settings = ProcessInfo.processInfo.environment
    let count = settings["NEARFIND_SIMULATION_SEEDS"].flatMap(UInt64.init) ?? 10_000
    let only = settings["NEARFIND_SIMULATION_SEED"].flatMap(UInt64.init)
    let seeds = only.map { $0...$0 } ?? 1...count
    // Runs share nothing, so each processor has its own.
    let width = UInt64(max(1, ProcessInfo.processInfo.activeProcessorCount))
    let tally = await withTaskGroup(of: Tally.self) { group in
      for first in seeds.prefix(Int(width)) {
        group.addTask {
          Self.run(stride(from: first, through: seeds.upperBound, by: UInt64.Stride(width)))
        }
      }
      return await group.reduce(into: Tally()) { sum, part in
        sum.runs += part.runs
        sum.handled += part.handled
        guard let failure = part.failure else { return }
        if sum.failure.map({ failure.seed < $0.seed }) ?? true { sum.failure = failure }
      }
    }
    if let failure = tally.failure {
      Issue.record("NEARFIND_SIMULATION_SEED=\(failure.seed): \(failure.reason)")
      return
    }
    #expect(tally.runs == seeds.count)
    // Otherwise the runs were empty and proved nothing.
    #expect(tally.handled > 200)
  }

  private static func run(_ seeds: some Sequence<UInt64>) -> Tally {
    var tally = Tally()
    for seed in seeds {
      var simulation = Simulation(seed: seed)
      do {
        try simulation.run()
      } catch {
        tally.failure = (seed, "\(error)")
        return tally
      }
      tally.runs += 1
      tally.handled += simulation.handledCount
    }
    return tally
  }
}
