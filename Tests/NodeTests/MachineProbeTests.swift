import Foundation
import RouterBands
import Testing

@testable import Node

/// What a machine has to give, read from files as Linux writes them and as it never would.
@Suite struct MachineReadingTests {
  @Test func realSamples() {
    #expect(MachineReadings.load5(loadAverages: "0.52 1.25 0.89 2/345 6789\n") == 1.25)
    let pressure = """
      some avg10=1.50 avg60=12.34 avg300=0.17 total=73426
      full avg10=0.00 avg60=0.00 avg300=0.00 total=0
      """
    #expect(MachineReadings.pressure60(pressure: pressure) == 12.34)
    let memory = "MemTotal:       24560000 kB\nMemFree:        21000000 kB\n"
    #expect(MachineReadings.memory(memoryInformation: memory) == 25_149_440_000.0)
    #expect(MachineReadings.memoryLimit(groupMemory: "536870912\n") == 536_870_912)
    #expect(MachineReadings.processorLimit(groupProcessors: "150000 100000\n") == 1.5)
    #expect(MachineReadings.uptimeHours(uptime: "7200.50 14000.00\n") == 7200.5 / 3600)
    #expect(
      MachineReadings.group(groups: "1:name=x:/a\n0::/user.slice/b\n") == ["user.slice", "b"])
    #expect(MachineReadings.group(groups: "0::/\n") == [])
    #expect(MachineReadings.processors(status: "Name:\tx\nCpus_allowed_list:\t0-3,7\n") == 5)
  }

  @Test func noLimitIsNone() {
    #expect(MachineReadings.memoryLimit(groupMemory: "max\n") == nil)
    #expect(MachineReadings.processorLimit(groupProcessors: "max 100000\n") == nil)
  }

  @Test(arguments: [
    "", "\n", " ", "nan nan nan", "inf inf inf", "-1 -1 -1", "0x10 0x10 0x10", "1e999 1e999 1e999",
    "some", "some avg60=", "some avg60=nan", "some avg60=-3", "some avg60=101", "full avg60=5",
    "MemTotal:", "MemTotal: -5 kB", "MemTotal: 5 MB", "MemTotal: 5", "0::", "0::relative",
    "0::/../../x", "Cpus_allowed_list:", "Cpus_allowed_list: 3-1", "Cpus_allowed_list: -",
    "Cpus_allowed_list: 0-9223372036854775807", "Cpus_allowed_list: a,b", "\u{0}\u{FFFD}",
  ])
  func nonsenseIsNothing(_ text: String) {
    #expect(MachineReadings.load5(loadAverages: text) == nil)
    #expect(MachineReadings.pressure60(pressure: text) == nil)
    #expect(MachineReadings.memory(memoryInformation: text) == nil)
    #expect(MachineReadings.memoryLimit(groupMemory: text) == nil)
    #expect(MachineReadings.processorLimit(groupProcessors: text) == nil)
    #expect(MachineReadings.uptimeHours(uptime: text) == nil)
    #expect(MachineReadings.group(groups: text) == nil)
    #expect(MachineReadings.processors(status: text) == nil)
  }

  @Test func zeroProcessorTimeIsNoLimit() {
    #expect(MachineReadings.processorLimit(groupProcessors: "0 0") == nil)
    #expect(MachineReadings.processorLimit(groupProcessors: "1 0") == nil)
  }

  @Test func batteries() {
    typealias Supply = MachineReadings.PowerSupply
    let discharging = Supply(kind: "Battery\n", status: "Discharging\n")
    let charging = Supply(kind: "Battery\n", status: "Charging\n")
    let plugged = Supply(kind: "Mains\n", online: "1\n")
    let unplugged = Supply(kind: "Mains\n", online: "0\n")
    let mouse = Supply(kind: "Battery\n", status: "Discharging\n", scope: "Device\n")
    #expect(!MachineReadings.isOnBattery([]))
    #expect(MachineReadings.isOnBattery([discharging]))
    #expect(MachineReadings.isOnBattery([discharging, unplugged]))
    #expect(!MachineReadings.isOnBattery([discharging, plugged]))
    #expect(!MachineReadings.isOnBattery([charging, plugged]))
    #expect(!MachineReadings.isOnBattery([mouse]))
  }
}

@Suite struct MachineProbeTests {
  private let root = FileManager.default.temporaryDirectory.appending(path: "machine-\(UUID())")

  private func write(_ text: String, to name: String) throws {
    let file = root.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  @Test func thisMachine() {
    let resources = MachineProbe(dataFolder: NSTemporaryDirectory()).resources()
    #expect(resources.cores >= 1)
    #expect(resources.memory > 100)
    #expect(resources.openFileLimit > 0)
    #expect(resources.freeDisk > 0)
    #expect(resources.uptimeHours > 0)
  }

  @Test func aFolderThatIsNotThereYetIsMeasuredAbove() {
    let resources = MachineProbe(dataFolder: NSTemporaryDirectory() + "/a-\(UUID())/b").resources()
    #expect(resources.freeDisk > 0)
  }

  /// The tightest limit between the process's group and the root holds.
  @Test func controlGroupsLimitWhatThereIs() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    try write("0.00 3.50 0.00 1/2 3\n", to: "proc/loadavg")
    try write("MemTotal: 8388608 kB\n", to: "proc/meminfo")
    try write("0::/outer/inner\n", to: "proc/self/cgroup")
    try write("Cpus_allowed_list:\t0-7\n", to: "proc/self/status")
    try write("36000.00 1.00\n", to: "proc/uptime")
    try write("2147483648\n", to: "sys/fs/cgroup/outer/memory.max")
    try write("max\n", to: "sys/fs/cgroup/outer/inner/memory.max")
    try write("max 100000\n", to: "sys/fs/cgroup/outer/cpu.max")
    try write("250000 100000\n", to: "sys/fs/cgroup/outer/inner/cpu.max")
    try write("Battery\n", to: "sys/class/power_supply/BAT0/type")
    try write("Discharging\n", to: "sys/class/power_supply/BAT0/status")
    let resources = MachineProbe(dataFolder: "/", root: root.path).resources()
    #expect(resources.cores == 2)
    #expect(resources.memory == 2048)
    #expect(resources.load5 == 3.5)
    #expect(resources.processorPressure == nil)
    #expect(resources.uptimeHours == 10)
    #expect(resources.isOnBattery)
  }

  /// A machine that says nothing takes no clients.
  @Test func missingFilesFailNothing() {
    let probe = MachineProbe(dataFolder: "relative/none", root: "/nowhere-\(UUID())")
    let resources = probe.resources()
    #expect(resources.cores >= 1)
    #expect(resources.memory == 0)
    #expect(CapacityRule().limitCount(of: resources) == 0)
  }
}
