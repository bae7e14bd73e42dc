import Foundation

/// What some work took.
struct Measurement {
  /// Wall clock, in seconds.
  var seconds: Double
  /// Of this process and all its threads, in seconds.
  var processorSeconds: Double

  static func of(_ work: () async throws -> Void) async rethrows -> Measurement {
    let (start, processorStart) = (ContinuousClock.now, processorTime())
    try await work()
    let duration = ContinuousClock.now - start
    return Measurement(
      seconds: duration.inSeconds, processorSeconds: processorTime() - processorStart)
  }

  static func processorTime() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_utime.inSeconds + usage.ru_stime.inSeconds
  }

  /// The most memory that this process ever had, in bytes.
  static var peakMemory: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  /// The memory that this process has now, in bytes (Linux: the resident pages of
  /// `/proc/self/statm`); 0 where the system does not say.
  static var presentMemory: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
      return 0
    }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
  }
}

extension Duration {
  var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}

extension timeval {
  fileprivate var inSeconds: Double { Double(tv_sec) + Double(tv_usec) * 1e-6 }
}

extension Array where Element == Double {
  /// The value that half of the others stay below; not a number when there is none.
  var median: Double { isEmpty ? .nan : sorted()[count / 2] }
}
