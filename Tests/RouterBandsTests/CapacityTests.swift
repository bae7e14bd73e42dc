import RouterBands
import TestSupport
import Testing

@Suite struct CapacityTests {
  static let machine = MachineResources(
    cores: 8, load5: 0, memory: 16_384, openFileLimit: 1_048_576, freeDisk: 500_000,
    uptimeHours: 100)

  static func limit(_ change: (inout MachineResources) -> Void) -> Int {
    var machine = machine
    change(&machine)
    return CapacityRule().limitCount(of: machine)
  }

  @Test func theSmallestBoundCounts() {
    #expect(Self.limit { _ in } == 300)
    #expect(Self.limit { $0.cores = 2 } == 200)
    #expect(
      Self.limit {
        $0.cores = 2
        $0.load5 = 1
      } == 100)
    #expect(
      Self.limit {
        $0.cores = 2
        $0.load5 = 50
      } == 20)
    #expect(
      Self.limit {
        $0.cores = 2
        $0.processorPressure = 75
      } == 50)
    #expect(Self.limit { $0.memory = 512 } == 256)
    #expect(Self.limit { $0.openFileLimit = 328 } == 100)
    #expect(Self.limit { $0.freeDisk = 12_345 } == 123)
    #expect(Self.limit { $0.uptimeHours = 0 } == 150)
    #expect(Self.limit { $0.uptimeHours = 2 } == 225)
    #expect(Self.limit { $0.uptimeHours = 4 } == 300)
  }

  @Test func someMachinesServeNobody() {
    #expect(Self.limit { $0.isOnBattery = true } == 0)
    #expect(Self.limit { $0.memory = 255 } == 0)
    #expect(Self.limit { $0.freeDisk = 1_023 } == 0)
    #expect(Self.limit { $0.openFileLimit = 128 } == 0)
    #expect(Self.limit { $0.cores = 0 } == 0)
  }

  @Test func nonsenseIsNeverNegativeNorTooMuch() {
    let values = [-1e300, -1, 0, 0.5, 1e300, .infinity, -.infinity, .nan]
    for seed in UInt64(1)...3_000 {
      var chance = SeededGenerator(seed: seed)
      let machine = MachineResources(
        cores: [Int.min, -1, 0, 4, .max].randomElement(using: &chance)!,
        load5: values.randomElement(using: &chance)!,
        processorPressure: values.randomElement(using: &chance)!,
        memory: values.randomElement(using: &chance)!,
        openFileLimit: [Int.min, 0, 1_024, .max].randomElement(using: &chance)!,
        freeDisk: values.randomElement(using: &chance)!,
        uptimeHours: values.randomElement(using: &chance)!)
      let limit = CapacityRule().limitCount(of: machine)
      #expect((0...300).contains(limit), "seed \(seed)")
    }
    #expect(CapacityRule(fixed: 17).limitCount(of: Self.machine) == 17)
    #expect(CapacityRule(fixed: -17).limitCount(of: Self.machine) == 0)
  }
}
