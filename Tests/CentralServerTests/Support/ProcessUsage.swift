import Foundation
import Testing

/// What the system says of a process.
struct ProcessUsage {
  /// Open descriptors.
  var descriptors: Int
  /// Memory in use, in bytes.
  var memory: Int

  init(of process: pid_t) throws {
    descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
    let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let line = try #require(status.firstMatch(of: /VmRSS:\s+(\d+) kB/))
    memory = try #require(Int(line.1)) * 1024
  }
}
