import Glibc
import RouterBands

/// Reads what this machine, or the part of it that the process may use, has to give to a group.
public struct MachineProbe: Sendable {
  /// The folder whose disk holds the index.
  public let dataFolder: String
  private let root: String

  /// - Parameters:
  ///   - dataFolder: need not exist; then the nearest folder above that does is looked at.
  ///   - root: where `proc` and `sys` are; another one in tests.
  public init(dataFolder: String, root: String = "/") {
    self.dataFolder = dataFolder
    self.root = root
  }

  /// Looks now. Never fails: what the system does not say is taken for the least that makes sense,
  /// so that a machine of which nothing is known takes no clients.
  public func resources() -> MachineResources {
    let groups = controlGroups()
    return MachineResources(
      cores: cores(groups),
      load5: text("proc/loadavg").flatMap(MachineReadings.load5) ?? 0,
      processorPressure: text("proc/pressure/cpu").flatMap(MachineReadings.pressure60),
      memory: memory(groups) / Self.mebibyte,
      openFileLimit: openFileLimit(), freeDisk: freeDisk() / Self.mebibyte,
      uptimeHours: text("proc/uptime").flatMap(MachineReadings.uptimeHours) ?? 0,
      isOnBattery: MachineReadings.isOnBattery(powerSupplies()))
  }

  private static let mebibyte = 1_048_576.0

  /// Processors that the process may run on, less what its control groups leave of them; at least
  /// one.
  private func cores(_ groups: [String]) -> Int {
    let limits = groups.compactMap {
      text($0 + "/cpu.max").flatMap(MachineReadings.processorLimit)
    }
    let allowed = text("proc/self/status").flatMap(MachineReadings.processors)
    let processors = Double(max(1, allowed ?? sysconf(CInt(_SC_NPROCESSORS_ONLN))))
    return Int(max(1, min(processors, limits.min() ?? processors)))
  }

  /// Bytes.
  private func memory(_ groups: [String]) -> Double {
    let limits = groups.compactMap {
      text($0 + "/memory.max").flatMap(MachineReadings.memoryLimit)
    }
    let whole = text("proc/meminfo").flatMap(MachineReadings.memory) ?? 0
    return min(whole, limits.min() ?? whole)
  }

  /// The process's control group and all above it: the tightest limit on the way holds.
  private func controlGroups() -> [String] {
    let base = "sys/fs/cgroup"
    let names = text("proc/self/cgroup").flatMap(MachineReadings.group) ?? []
    return names.reduce(into: [base]) { $0.append(($0.last ?? base) + "/" + $1) }
  }

  private func powerSupplies() -> [MachineReadings.PowerSupply] {
    let folder = "sys/class/power_supply"
    guard let entries = opendir(path(folder)) else { return [] }
    defer { closedir(entries) }
    var supplies: [MachineReadings.PowerSupply] = []
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard !name.hasPrefix("."), let kind = text("\(folder)/\(name)/type") else { continue }
      supplies.append(
        .init(
          kind: kind, status: text("\(folder)/\(name)/status"),
          scope: text("\(folder)/\(name)/scope"), online: text("\(folder)/\(name)/online")))
    }
    return supplies
  }

  /// The soft limit; 0 where it cannot be read.
  private func openFileLimit() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
    return Int(clamping: limit.rlim_cur)
  }

  /// Bytes that a user without privileges may still write.
  private func freeDisk() -> Double {
    var folder = dataFolder
    while true {
      var status = statvfs()
      if statvfs(folder, &status) == 0 {
        return Double(status.f_bavail) * Double(status.f_frsize)
      }
      guard let slash = folder.lastIndex(of: "/"), folder != "/" else { return 0 }
      folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
    }
  }

  private func path(_ name: String) -> String {
    root.hasSuffix("/") ? root + name : root + "/" + name
  }

  /// The start of a small file; nil where there is none to read.
  private func text(_ name: String) -> String? {
    let descriptor = open(path(name), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 16384)
    let count = read(descriptor, &bytes, bytes.count)
    return count >= 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }
}
